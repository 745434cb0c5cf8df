/** Keys of the query that the web workbench reads before it starts. */
export type PayloadEntry = readonly [key: string, value: string];

/** The address of the workbench with one folder open, with those of a `.code-workspace` file, or with none. */
export function workbenchUrl(
  serverUrl: string,
  opened: string | undefined,
  payload: readonly PayloadEntry[] = [],
): string {
  const query = new URLSearchParams({
    ...openedIn(opened),
    payload: JSON.stringify([['skipWelcome', 'true'], ...payload]),
  });
  return `${serverUrl}/?${query}`;
}

function openedIn(opened: string | undefined): Record<string, string> {
  if (opened === undefined) return { ew: 'true' };
  return { [opened.endsWith('.code-workspace') ? 'workspace' : 'folder']: opened };
}

/** An absolute path on the server's machine as the workbench names it. */
export function remoteUri(serverUrl: string, path: string): string {
  return `vscode-remote://${new URL(serverUrl).host}${path}`;
}

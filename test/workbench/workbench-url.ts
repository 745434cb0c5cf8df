/** Keys of the query that the web workbench reads before it starts. */
export type PayloadEntry = readonly [key: string, value: string];

/** The address of the workbench with one folder open, or with those of a `.code-workspace` file. */
export function workbenchUrl(
  serverUrl: string,
  opened: string,
  payload: readonly PayloadEntry[] = [],
): string {
  const query = new URLSearchParams({
    [opened.endsWith('.code-workspace') ? 'workspace' : 'folder']: opened,
    payload: JSON.stringify([['skipWelcome', 'true'], ...payload]),
  });
  return `${serverUrl}/?${query}`;
}

/** An absolute path on the server's machine as the workbench names it. */
export function remoteUri(serverUrl: string, path: string): string {
  return `vscode-remote://${new URL(serverUrl).host}${path}`;
}

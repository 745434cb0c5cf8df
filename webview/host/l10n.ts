import * as l10n from '@vscode/l10n';

/**
 * Takes over the editor's translations, which the extension puts into the page as data; to be called once, before the
 * first render, since rendering replaces the page. Where there are none, messages are shown as they are written.
 */
export function localise(): void {
  const contents = document.getElementById('l10n')?.textContent;
  if (contents) l10n.config({ contents });
}

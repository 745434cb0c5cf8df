import * as l10n from '@vscode/l10n';

/**
 * Loads the editor's translations, which the extension puts into the page as data. Call it once, before the first
 * render, because rendering replaces the page. Without translations, messages are shown as they are written.
 */
export function localize(): void {
  const contents = document.getElementById('l10n')?.textContent;
  if (contents) l10n.config({ contents });
}

import type { Page } from 'playwright-core';
import { redrawnMs, Tree } from './tree.ts';

/** The explorer of files and folders. */
export class Explorer extends Tree {
  constructor(page: Page) {
    super(page, page.locator('.explorer-folders-view'));
  }

  /**
   * Opens a file and waits until its tab is shown.
   * @param path the folders that the file is in, from the top, and its name
   */
  async openFile(...path: [...folders: string[], file: string]): Promise<void> {
    const rows = path.map((name) => new RegExp(`^${name.replaceAll('.', String.raw`\.`)}$`));
    for (const [index, child] of rows.entries()) {
      const folder = rows[index - 1];
      if (folder !== undefined) await this.expandTo(folder, child);
    }
    // While the folders are being read again, rows may move between the look for the file and the click.
    const tab = this.page.locator('.tab.active', { has: this.page.getByText(path.at(-1)!, { exact: true }) });
    for (;;) {
      await this.open(rows.at(-1)!);
      const isShown = await tab.waitFor({ timeout: redrawnMs }).then(
        () => true,
        () => false,
      );
      if (isShown) return;
    }
  }
}

import type { Locator, Page } from 'playwright-core';

/** A tree of the side bar or the panel: the explorer, one of the extension's views, the list of problems. */
export class Tree {
  constructor(
    readonly page: Page,
    readonly root: Locator,
  ) {}

  /** The tree of one of the extension's views, by its heading. */
  static inSideBar(page: Page, heading: string): Tree {
    return new Tree(
      page,
      page.locator('.sidebar .pane', {
        has: page.getByRole('button', { name: `${heading} Section`, exact: true }),
      }),
    );
  }

  row(text: string | RegExp): Locator {
    return this.root.locator('.monaco-list-row', { hasText: text }).first();
  }

  async waitFor(text: string | RegExp): Promise<void> {
    await this.row(text).waitFor();
  }

  async waitUntilGone(text: string | RegExp): Promise<void> {
    await this.row(text).waitFor({ state: 'detached' });
  }

  async open(text: string | RegExp): Promise<void> {
    await this.row(text).dblclick();
  }

  /** Opens the row's children unless they are open. */
  async expand(text: string | RegExp): Promise<void> {
    const row = this.row(text);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'false') {
      await row.click();
      await this.page.keyboard.press('ArrowRight');
    }
  }

  /** Presses one of the buttons that a row shows under the pointer. */
  async act(text: string | RegExp, action: string): Promise<void> {
    const row = this.row(text);
    await row.hover();
    await row.getByRole('button', { name: action }).click();
  }
}

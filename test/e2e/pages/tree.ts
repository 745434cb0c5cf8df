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
        // Between the two stands the view's description, if it has one.
        has: page.getByRole('button', { name: new RegExp(`^${heading}\\b.*Section$`) }),
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

  /** Presses one of the buttons in the view's title. */
  async actInTitle(action: string): Promise<void> {
    await this.root.hover();
    await this.root.getByRole('toolbar').getByRole('button', { name: action }).first().click();
  }

  /** Selects these rows and no other. */
  async select(...texts: (string | RegExp)[]): Promise<void> {
    for (const [index, text] of texts.entries()) {
      await this.row(text).click({ modifiers: index === 0 ? [] : ['ControlOrMeta'] });
    }
  }

  /** Selects every row with this text that is drawn. */
  async selectAll(text: string): Promise<void> {
    const rows = await this.root.locator('.monaco-list-row', { hasText: text }).all();
    for (const [index, row] of rows.entries())
      await row.click({ modifiers: index === 0 ? [] : ['ControlOrMeta'] });
  }

  /** Chooses an entry of a row's context menu. */
  async actInMenu(text: string | RegExp, action: string): Promise<void> {
    await this.row(text).click({ button: 'right' });
    // By key: a menu takes no click in its first tenth of a second, so that the click that opened it chooses nothing.
    await this.page.locator('.monaco-menu').getByRole('menuitem', { name: action }).hover();
    await this.page.keyboard.press('Enter');
  }

  /** Types into the tree's own search, which is open. */
  async find(text: string): Promise<void> {
    const input = this.root.locator('.monaco-tree-type-filter input');
    await input.waitFor();
    await input.fill(text);
  }

  /** Names of the rows that are drawn, without their descriptions. */
  async labels(): Promise<string[]> {
    return this.root.locator('.monaco-list-row .label-name').allInnerTexts();
  }
}

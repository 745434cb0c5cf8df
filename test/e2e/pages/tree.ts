import type { Locator, Page } from 'playwright-core';
import { stepLimitMs } from '../step-limit.ts';

/** More than a tree takes to draw the children of a row. */
export const redrawnMs = 5_000;

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
        has: page.getByRole('button', { name: new RegExp(`^${heading} .*Section$`) }),
      }),
    );
  }

  row(text: string | RegExp): Locator {
    return this.root.locator('.monaco-list-row', { hasText: text }).first();
  }

  async waitFor(text: string | RegExp): Promise<void> {
    await this.row(text).waitFor();
  }

  /** Waits until some row that is open shows what is in it. */
  async waitForChild(): Promise<void> {
    await this.root.locator('.monaco-list-row[aria-level="2"]').first().waitFor();
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

  /** Opens a row until it shows this child: a tree that is just being read again closes rows of folders that are new. */
  async expandTo(text: string | RegExp, child: string | RegExp): Promise<void> {
    const shown = this.row(child);
    for (;;) {
      await this.expand(text);
      const isShown = await shown.waitFor({ timeout: redrawnMs }).then(
        () => true,
        () => false,
      );
      if (isShown) return;
    }
  }

  /** Closes the row's children unless they are closed. */
  async fold(text: string | RegExp): Promise<void> {
    const row = this.row(text);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'true') {
      await row.click();
      await this.page.keyboard.press('ArrowLeft');
    }
  }

  /** Opens every row of the first level that is closed. */
  async unfoldAll(): Promise<void> {
    const closed = this.root.locator('.monaco-list-row[aria-level="1"][aria-expanded="false"]');
    for (let left = await closed.count(); left > 0; left = await closed.count()) {
      await closed.first().click();
      await closed.nth(left - 1).waitFor({ state: 'detached' });
    }
  }

  /** Closes every row that is open. */
  async foldAll(): Promise<void> {
    const open = this.root.locator('.monaco-list-row[aria-expanded="true"]').first();
    if ((await open.count()) === 0) return;
    await this.actInTitle('Collapse All');
    await open.waitFor({ state: 'detached' });
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

  /** Selects these rows and no other, and waits until what the first one opens is shown. */
  async select(...texts: (string | RegExp)[]): Promise<void> {
    await this.#selectRows(texts.map((text) => this.row(text)));
  }

  /** Selects every row with this text that is drawn, and waits until what the first one opens is shown. */
  async selectAll(text: string): Promise<void> {
    await this.#selectRows(await this.root.locator('.monaco-list-row', { hasText: text }).all());
  }

  async #selectRows([first, ...others]: Locator[]): Promise<void> {
    const label = await first!.locator('.label-name').innerText();
    await first!.click();
    // An editor that is shown later takes the focus, and with it a menu that was opened meanwhile.
    await this.page.locator('.tab.active', { hasText: label }).waitFor();
    for (const row of others) await row.click({ modifiers: ['ControlOrMeta'] });
  }

  /** Opens a row's context menu. */
  async openMenu(text: string | RegExp): Promise<void> {
    await this.row(text).click({ button: 'right' });
  }

  /** Names of the buttons that a row shows under the pointer. */
  async buttonsOf(text: string | RegExp): Promise<string[]> {
    const row = this.row(text);
    await row.hover();
    const buttons = row.locator('.actions .action-label');
    await buttons.first().waitFor();
    return buttons.evaluateAll((found) => found.map((button) => button.getAttribute('aria-label') ?? ''));
  }

  /**
   * Chooses an entry of a row's context menu, once it can be chosen.
   * @throws if it stays disabled
   */
  async actInMenu(text: string | RegExp, action: string): Promise<void> {
    const menu = this.page.locator('.monaco-menu');
    const entry = menu.getByRole('menuitem', { name: action });
    const disabled = menu.locator('.action-item.disabled', { hasText: action });
    const deadline = Date.now() + stepLimitMs;
    for (;;) {
      await this.row(text).click({ button: 'right' });
      await entry.waitFor();
      if ((await disabled.count()) === 0) break;
      if (Date.now() > deadline) throw new Error(`“${action}” cannot be chosen in the menu of ${text}`);
      // A window that was just opened may show rows before it knows what can be done; an open menu does not follow.
      await this.page.keyboard.press('Escape');
      await menu.waitFor({ state: 'detached' });
    }
    // By key: a menu takes no click in its first tenth of a second, so that the click that opened it chooses nothing.
    await entry.hover();
    await menu.locator('.action-item.focused', { hasText: action }).waitFor();
    await this.page.keyboard.press('Enter');
    await menu.waitFor({ state: 'detached' });
  }

  /** The row that the keyboard is at, while the tree has the focus. */
  async focused(): Promise<string> {
    const row = this.root.locator('.monaco-list:focus .monaco-list-row.focused .label-name');
    return (await row.allInnerTexts()).at(0) ?? '';
  }

  /** Goes down with the arrow key, from the top, until the keyboard is at the row. */
  async goTo(label: string): Promise<void> {
    await this.root.locator('.monaco-list:focus').waitFor();
    await this.page.keyboard.press('Home');
    const rows = await this.root.locator('.monaco-list-row').count();
    for (let press = 0; press < rows && (await this.focused()) !== label; press++)
      await this.page.keyboard.press('ArrowDown');
    if ((await this.focused()) !== label) throw new Error(`the keyboard does not come to ${label}`);
  }

  /** What draws the row's icon. */
  async icon(text: string | RegExp): Promise<string> {
    const label = this.row(text).locator('.monaco-icon-label').first();
    return label.evaluate((element) => {
      const { backgroundImage, content } = element.ownerDocument.defaultView!.getComputedStyle(
        element,
        '::before',
      );
      return `${backgroundImage} ${content}`;
    });
  }

  isExpanded(text: string | RegExp): Promise<string | null> {
    return this.row(text).getAttribute('aria-expanded');
  }

  /** What the view says above its rows; empty where it says nothing. */
  async message(): Promise<string> {
    const message = this.root.locator('.tree-explorer-viewlet-tree-view > .message:not(.hide)');
    // All at one moment: it may go between two.
    return (await message.allInnerTexts()).at(0) ?? '';
  }

  /** Names of the buttons in the view's title. */
  async titleButtons(): Promise<string[]> {
    await this.root.hover();
    const buttons = this.root.getByRole('toolbar').locator('.action-label');
    return buttons.evaluateAll((found) => found.map((button) => button.getAttribute('aria-label') ?? ''));
  }

  /** What the view says, where it has nothing to show, and the buttons that it offers. */
  async welcome(): Promise<{ message: string; buttons: string[] }> {
    const content = this.root.locator('.welcome-view-content');
    await content.waitFor();
    return {
      message: await content.innerText(),
      buttons: await content.locator('.monaco-button').allInnerTexts(),
    };
  }

  async pressInWelcome(button: string): Promise<void> {
    await this.root.locator('.welcome-view-content').getByRole('button', { name: button }).click();
  }

  /** Presses a button of what the view says by keyboard alone, from where the view has the focus. */
  async pressInWelcomeByKey(button: string): Promise<void> {
    const content = this.root.locator('.welcome-view-content');
    await this.root.and(this.page.locator(':focus-within')).waitFor();
    const presses = await content.locator('.monaco-button').count();
    const focused = content.locator('.monaco-button:focus', { hasText: button });
    for (let press = 0; press <= presses && (await focused.count()) === 0; press++)
      await this.page.keyboard.press('Tab');
    if ((await focused.count()) === 0) throw new Error(`the keyboard does not come to ${button}`);
    await this.page.keyboard.press('Enter');
  }

  /** All that the rows say that are drawn. */
  async texts(): Promise<string[]> {
    return this.root.locator('.monaco-list-row').allInnerTexts();
  }

  /** Names of the rows that are drawn, without their descriptions. */
  async labels(): Promise<string[]> {
    return this.root.locator('.monaco-list-row .label-name').allInnerTexts();
  }
}

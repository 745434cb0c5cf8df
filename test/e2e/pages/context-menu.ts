import type { Locator, Page } from 'playwright-core';

/** The menu that is open. */
export class ContextMenu {
  readonly #menu: Locator;

  constructor(readonly page: Page) {
    this.#menu = page.locator('.monaco-menu');
  }

  /** Names of the entries, from the top, once it is open. */
  async entries(): Promise<string[]> {
    await this.#menu.waitFor();
    const names = await this.#menu.locator('.action-item:not(.disabled) .action-label').allInnerTexts();
    return names.map((name) => name.trim()).filter((name) => name !== '');
  }

  /** Goes to an entry with the arrow keys and takes it. */
  async takeByKey(entry: string): Promise<void> {
    const { length } = await this.entries();
    const focused = this.#menu.locator('.action-item.focused', { hasText: entry });
    for (let press = 0; press <= length && (await focused.count()) === 0; press++)
      await this.page.keyboard.press('ArrowDown');
    await focused.waitFor();
    await this.page.keyboard.press('Enter');
    await this.waitUntilClosed();
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.waitUntilClosed();
  }

  async waitUntilClosed(): Promise<void> {
    await this.#menu.waitFor({ state: 'detached' });
  }
}

import type { Locator, Page } from 'playwright-core';

/** The quick input: the command palette, and the lists and boxes that commands ask with. */
export class CommandPalette {
  readonly #widget: Locator;
  readonly #input: Locator;

  constructor(readonly page: Page) {
    this.#widget = page.locator('.quick-input-widget');
    this.#input = page.locator('.quick-input-widget:not([style*="display: none"]) input[type="text"]');
  }

  /** Runs a command by its title, such as `View: Toggle Output`. */
  async run(title: string): Promise<void> {
    await this.prepare(title);
    await this.#row(title).click();
  }

  /** Types a command's title and waits until it is offered; Enter runs it. */
  async prepare(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.#input.waitFor();
    await this.#input.fill(`>${title}`);
    await this.#row(title).waitFor();
  }

  /** Takes the entry with this text from the list that a command asks with. */
  async choose(label: string): Promise<void> {
    await this.#input.waitFor();
    await this.#row(label).click();
  }

  /** Takes the first entry of the list that a command asks with. */
  async chooseFirst(): Promise<void> {
    await this.choose('');
  }

  /** Answers the box that a command asks with. */
  async answer(text: string): Promise<void> {
    await this.#input.waitFor();
    await this.#input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  async waitForEntry(label: string): Promise<void> {
    await this.#row(label).waitFor();
  }

  async waitUntilClosed(): Promise<void> {
    await this.#widget.waitFor({ state: 'hidden' });
  }

  #row(label: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
  }
}

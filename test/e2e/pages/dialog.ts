import type { Locator, Page } from 'playwright-core';

/** The modal dialog that a command asks with. */
export class Dialog {
  readonly #box: Locator;

  constructor(page: Page) {
    this.#box = page.locator('.monaco-dialog-box');
  }

  /** What it asks, once it asks about this. */
  async text(about: string): Promise<string> {
    await this.#box.filter({ hasText: about }).waitFor();
    return this.#box.innerText();
  }

  /** The button that Enter presses. */
  async focusedButton(): Promise<string> {
    return this.#box.locator('.monaco-button:focus').innerText();
  }

  async press(button: string): Promise<void> {
    await this.#box.getByRole('button', { name: button }).click();
  }

  async waitUntilClosed(): Promise<void> {
    await this.#box.waitFor({ state: 'detached' });
  }
}

import type { Locator, Page } from 'playwright-core';

/** A walkthrough of the welcome page. */
export class Walkthrough {
  readonly #page: Locator;

  constructor(page: Page) {
    this.#page = page.locator('.gettingStartedContainer .gettingStartedDetailsContent');
  }

  async waitFor(title: string): Promise<void> {
    await this.#page.getByRole('heading', { name: title }).waitFor();
  }

  /** Titles of the steps, from the top. */
  async steps(): Promise<string[]> {
    return this.#page.locator('.getting-started-step .step-title').allInnerTexts();
  }

  /** Unfolds a step by its title. */
  async openStep(title: string): Promise<void> {
    await this.#page.locator('.getting-started-step', { hasText: title }).click();
  }

  /** Presses a button of the step that is open. */
  async press(button: string): Promise<void> {
    await this.#page
      .locator('.getting-started-step.expanded')
      .getByRole('button', { name: button })
      .first()
      .click();
  }

  /** Waits until a step has its tick. */
  async waitUntilDone(title: string): Promise<void> {
    await this.#page
      .locator('.getting-started-step', { hasText: title })
      .locator('.codicon.complete')
      .first()
      .waitFor();
  }
}

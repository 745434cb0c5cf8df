import type { Locator, Page } from 'playwright-core';

/** The notification toasts of the lower right corner. */
export class Notifications {
  constructor(readonly page: Page) {}

  toast(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  async waitFor(text: string | RegExp): Promise<void> {
    await this.toast(text).waitFor();
  }

  async waitForNone(): Promise<void> {
    await this.page.locator('.notification-toast').first().waitFor({ state: 'detached' });
  }

  /** Presses a button of the toast with this text. */
  async answer(text: string | RegExp, button: string): Promise<void> {
    await this.toast(text).getByRole('button', { name: button }).click();
  }
}

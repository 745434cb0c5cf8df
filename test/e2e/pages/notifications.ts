import type { Locator, Page } from 'playwright-core';
import type { CommandPalette } from './command-palette.ts';

/** The notification toasts of the lower right corner. */
export class Notifications {
  constructor(
    readonly page: Page,
    readonly palette: CommandPalette,
  ) {}

  toast(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  async waitFor(text: string | RegExp): Promise<void> {
    await this.toast(text).waitFor();
  }

  async waitForNone(): Promise<void> {
    await this.page.locator('.notification-toast').first().waitFor({ state: 'detached' });
  }

  /** Closes all that there are, shown or not. */
  async clear(): Promise<void> {
    await this.palette.run('Notifications: Clear All Notifications');
    await this.waitForNone();
  }

  /** Closes the toast with this text, without an answer. */
  async close(text: string | RegExp): Promise<void> {
    await this.toast(text).hover();
    await this.toast(text).getByRole('button', { name: 'Clear Notification' }).click();
    await this.toast(text).waitFor({ state: 'detached' });
  }

  /** What the toasts say that are shown now. */
  async shown(): Promise<string[]> {
    return this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts();
  }

  /** Presses a button of the toast with this text. */
  async answer(text: string | RegExp, button: string): Promise<void> {
    await this.toast(text).getByRole('button', { name: button }).click();
  }
}

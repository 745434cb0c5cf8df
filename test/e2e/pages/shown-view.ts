import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { shownFrame, shownWebview } from './webview.ts';

/** What any of the extension's views says of itself: that there is nothing yet, or what went wrong. */
export class ShownView {
  readonly #panel: Locator;
  readonly #frame: FrameLocator;

  constructor(readonly page: Page) {
    this.#panel = page.locator('iframe.webview.ready:visible');
    this.#frame = shownWebview(page);
  }

  /** A panel takes the focus once it is loaded: a list that opens before that closes again. */
  isFocused(): Promise<boolean> {
    return this.#panel.evaluate((panel) => panel.ownerDocument.activeElement === panel);
  }

  /** The view's page, to be looked into with scripts. */
  frame(): Promise<Frame> {
    return shownFrame(this.page);
  }

  /** A whole view without content: its heading, what it says, and the buttons that it offers. */
  async pending(heading: string): Promise<{ message: string; buttons: string[] }> {
    await this.#frame.getByRole('heading', { name: heading, exact: true }).waitFor();
    const pending = this.#frame.locator('.pending');
    return {
      message: await pending.locator('p').innerText(),
      buttons: await pending.locator('vscode-button').allInnerTexts(),
    };
  }

  /** Waits until the view says that it is waiting for what it shows. */
  async waitForLoading(title: string): Promise<void> {
    await this.#frame.getByRole('status').getByText(`Loading ${title}…`).waitFor();
  }

  async waitForHeading(text: string): Promise<void> {
    await this.#frame.getByRole('heading', { name: text }).first().waitFor();
  }

  /** A line above the content with this text, all of it. */
  async notice(text: string): Promise<string> {
    const notice = this.#notice(text);
    await notice.waitFor();
    return notice.innerText();
  }

  async waitUntilGone(notice: string): Promise<void> {
    await this.#notice(notice).waitFor({ state: 'detached' });
  }

  /** The line about a run that is at work on what is shown, once it says this. */
  async waitForLiveRun(text: string): Promise<void> {
    await this.#frame.locator('.live-run').filter({ hasText: text }).waitFor();
  }

  async waitForNoLiveRun(): Promise<void> {
    await this.#frame.locator('.live-run').waitFor({ state: 'detached' });
  }

  /** All that can be read in the view. */
  async text(): Promise<string> {
    return this.#frame.locator('body').innerText();
  }

  /** The language that the page says it is in. */
  async language(): Promise<string | null> {
    return this.#frame.locator('html').getAttribute('lang');
  }

  /** All lines above the content. */
  async notices(): Promise<string[]> {
    return this.#frame.locator('.notice').allInnerTexts();
  }

  /** Takes an entry from one of the view's lists. */
  async choose(list: string, entry: string): Promise<void> {
    await this.open(list);
    await this.take(entry);
  }

  async open(list: string): Promise<void> {
    await this.#frame.getByRole('combobox', { name: list }).click();
  }

  /** The entries of one of the view's lists. */
  async entries(list: string): Promise<string[]> {
    await this.open(list);
    const options = this.#frame.getByRole('combobox', { name: list }).getByRole('option');
    await options.first().waitFor();
    const entries = await options.allInnerTexts();
    await this.#frame.getByRole('combobox', { name: list }).press('Escape');
    return entries.map((entry) => entry.trim());
  }

  /** Takes an entry from the list that is open. */
  async take(entry: string): Promise<void> {
    await this.#frame.getByRole('option', { name: entry, exact: true }).click();
  }

  /** The entry that one of the view's lists shows as chosen. */
  async chosen(list: string): Promise<string> {
    return this.#frame.getByRole('combobox', { name: list }).locator('.selected-value').innerText();
  }

  /** Colors and fonts that the workbench has set on the page. */
  async themeVariables(): Promise<Record<string, string>> {
    return this.#frame.locator('html').evaluate((root) => {
      const { style } = root as unknown as {
        style: Iterable<string> & { getPropertyValue(name: string): string };
      };
      return Object.fromEntries(Array.from(style, (name) => [name, style.getPropertyValue(name).trim()]));
    });
  }

  #notice(text: string): Locator {
    return this.#frame.locator('.notice', { hasText: text }).first();
  }
}

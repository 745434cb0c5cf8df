import type { FrameLocator, Page } from 'playwright-core';
import { type Picture, pictureOf, shownWebview } from './webview.ts';

export type ShownState = 'Running' | 'Finished' | 'Stopped' | 'Failed' | 'Interrupted';

/** The Run view: progress, curves and samples of one run. */
export class RunView {
  readonly #frame: FrameLocator;

  constructor(page: Page) {
    this.#frame = shownWebview(page);
  }

  async waitFor(heading: string, state: ShownState): Promise<void> {
    await this.#frame.getByRole('heading', { name: heading }).waitFor();
    await this.#frame.getByRole('status').filter({ hasText: state }).waitFor();
  }

  /** The curves as drawn, once there is one. */
  async curves(): Promise<Picture[]> {
    const plots = this.#frame.locator('.uplot canvas');
    await plots.first().waitFor();
    return Promise.all((await plots.all()).map(pictureOf));
  }

  /** Waits until the view says that it has saved what it was told to. */
  async waitForSaved(what: string): Promise<void> {
    await this.#frame
      .getByRole('status')
      .filter({ hasText: `Saved ${what}.` })
      .waitFor();
  }

  async scrollToTop(): Promise<void> {
    await this.#frame.locator('h1').scrollIntoViewIfNeeded();
  }

  async press(button: string): Promise<void> {
    await this.#frame.getByRole('button', { name: button, exact: true }).click();
  }
}

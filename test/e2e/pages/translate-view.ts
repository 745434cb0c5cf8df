import type { FrameLocator, Page } from 'playwright-core';
import { type Picture, pictureOf, shownWebview } from './webview.ts';

/** The Translate view: held-out images beside their translations. */
export class TranslateView {
  readonly #frame: FrameLocator;

  constructor(page: Page) {
    this.#frame = shownWebview(page);
  }

  async waitFor(concept: string): Promise<void> {
    await this.#frame.getByRole('heading', { name: `Translate by ${concept}` }).waitFor();
  }

  /** The line about a run that is at work on the concept. */
  async waitForLiveRun(): Promise<void> {
    await this.#frame.locator('.live-run').waitFor();
  }

  async scrollToTop(): Promise<void> {
    await this.#frame.locator('h1').scrollIntoViewIfNeeded();
  }

  /** The pictures of one column of the table, from the first image down, once the column is filled. */
  async column(title: string): Promise<Picture[]> {
    const pictures = this.#frame
      .getByRole('table')
      .getByRole('img', { name: new RegExp(`, ${title}$`, 'i') });
    await pictures.first().waitFor();
    await this.#frame.locator('main[aria-busy="false"]').waitFor();
    return Promise.all((await pictures.all()).map(pictureOf));
  }
}

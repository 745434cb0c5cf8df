import type { FrameLocator, Page } from 'playwright-core';
import { type Picture, pictureOf, shownWebview } from './webview.ts';

/** The Compare view: what an evaluation has measured. */
export class CompareView {
  readonly #frame: FrameLocator;

  constructor(page: Page) {
    this.#frame = shownWebview(page);
  }

  async waitFor(concept: string): Promise<void> {
    await this.#frame.getByRole('heading', { level: 1, name: `Comparison of ${concept}` }).waitFor();
  }

  async press(button: string): Promise<void> {
    await this.#frame.getByRole('button', { name: button, exact: true }).click();
  }

  /** Presses the button that saves the chart or its numbers. */
  async save(format: 'SVG' | 'PNG' | 'CSV'): Promise<void> {
    await this.#frame.getByRole('button', { name: `Save ${format}…` }).click();
  }

  /** Waits until the view says that it has saved this. */
  async waitForSaved(format: string): Promise<void> {
    await this.#frame
      .getByRole('status')
      .filter({ hasText: `Saved as ${format}.` })
      .waitFor();
  }

  /** The curves as drawn, once they are there. */
  async chart(): Promise<Picture> {
    const plot = this.#frame.locator('.uplot canvas');
    await plot.waitFor();
    return pictureOf(plot);
  }

  /** The starts in the table of times to equal quality, from the top. */
  async compared(): Promise<string[]> {
    const rows = this.#frame.locator('.equality tbody th');
    await rows.first().waitFor();
    return rows.allInnerTexts();
  }
}

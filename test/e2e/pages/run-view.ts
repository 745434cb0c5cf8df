import type { FrameLocator, Locator, Page } from 'playwright-core';
import { drawingOf } from './in-page.ts';
import { type Picture, pictureOf, shownWebview } from './webview.ts';

export type ShownState = 'Running' | 'Finished' | 'Stopped' | 'Failed' | 'Interrupted';

/** The Run view: progress, curves and samples of one run. */
export class RunView {
  readonly #frame: FrameLocator;

  constructor(readonly page: Page) {
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

  /** One of the facts at the top: device, memory. */
  async waitForFact(label: string, value: string): Promise<void> {
    const fact = this.#frame.locator('.fact').filter({ has: this.#frame.getByText(label, { exact: true }) });
    await fact.filter({ hasText: value }).waitFor();
  }

  /** The line of progress, once it says this. */
  async waitForProgress(text: string): Promise<void> {
    await this.#frame.locator('.run-progress').filter({ hasText: text }).waitFor();
  }

  /** Of a run of several stages: the one it is at, with its place among them. */
  async waitForPart(heading: string): Promise<void> {
    await this.#frame.getByRole('heading', { name: heading, exact: true }).waitFor();
  }

  /** A curve's drawing as a text that is equal for equal pictures, once it is there. */
  async drawing(title: string): Promise<string> {
    const canvas = this.#chart(title).locator('.uplot canvas');
    await canvas.waitFor();
    return canvas.evaluate(drawingOf);
  }

  /** Waits until the line below a chart says this. */
  async waitForReadOut(title: string, text: string): Promise<void> {
    await this.#chart(title).locator('.read-out').getByText(text, { exact: true }).waitFor();
  }

  /** What is said below a chart of each run: its label, then its values. */
  async compared(title: string): Promise<string[][]> {
    const rows = await this.#chart(title).locator('.compared-values tbody tr').all();
    return Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts()));
  }

  /** Names of the runs whose curves are shown together; none where there is but one. */
  async overlaid(): Promise<string[]> {
    return this.#frame.locator('.compared-runs .compared-label').allInnerTexts();
  }

  /** Switches one of the view's toggles; it says a little later than the click that it has changed. */
  async switchTo(label: string, checked: boolean): Promise<void> {
    await this.#frame.getByRole('checkbox', { name: label, checked: !checked }).click();
    await this.#frame.getByRole('checkbox', { name: label, checked }).waitFor();
  }

  /** Puts the focus on the slider of the samples and presses a key. */
  async scrubSamples(key: string): Promise<void> {
    await this.#frame.getByRole('slider', { name: 'Sample' }).focus();
    await this.page.keyboard.press(key);
  }

  /** The line beside the slider of the samples, once it begins so. */
  async waitForSample(text: string): Promise<void> {
    await this.#frame.locator('.scrubber-controls .read-out').filter({ hasText: text }).waitFor();
  }

  /** The sample that is shown large, with what stands above it. */
  async sample(): Promise<{ caption: string; picture: Picture }> {
    const sample = this.#frame.locator('.sample');
    await sample.waitFor();
    const caption = await sample.locator('figcaption').innerText();
    return { caption, picture: await pictureOf(sample.locator('.sample-picture')) };
  }

  /** Messages of the log that are shown, from the first. */
  async log(): Promise<string[]> {
    return this.#frame.locator('.log-line > span').allInnerTexts();
  }

  /** Unfolds the training config that the run was begun with. */
  async resolvedConfig(): Promise<string> {
    await this.#frame.locator('.origin > summary').click();
    return this.#frame.getByRole('region', { name: 'Training config as YAML' }).innerText();
  }

  /** Names of the buttons that step through the samples, once they are there. */
  async sampleButtons(): Promise<string[]> {
    const buttons = this.#frame.locator('.scrubber-controls vscode-button');
    await buttons.first().waitFor();
    return (await buttons.allInnerTexts()).map((text) => text.trim());
  }

  async scrollToTop(): Promise<void> {
    await this.#frame.locator('h1').scrollIntoViewIfNeeded();
  }

  async press(button: string): Promise<void> {
    await this.#frame.getByRole('button', { name: button, exact: true }).click();
  }

  #chart(title: string): Locator {
    return this.#frame.getByRole('figure', { name: title });
  }
}

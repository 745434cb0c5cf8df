import type { FrameLocator, Locator, Page } from 'playwright-core';
import { drawingOf, readCanvas } from './in-page.ts';
import { type Picture, pictureOf, shownWebview } from './webview.ts';

/** The Weights view: statistics of a concept's weights beside the zoo's. */
export class WeightsView {
  readonly #frame: FrameLocator;

  constructor(readonly page: Page) {
    this.#frame = shownWebview(page);
  }

  async waitFor(concept: string): Promise<void> {
    await this.#frame.getByRole('heading', { name: `Weights of ${concept}` }).waitFor();
    await this.#charts.first().waitFor();
  }

  /** Until those that lie below the screen are drawn too, which happens in turn. */
  async waitForAllCharts(): Promise<void> {
    await this.#frame.locator('.plot[aria-busy=true]').first().waitFor({ state: 'detached' });
  }

  /** Titles of the charts, from the top. */
  async chartTitles(): Promise<string[]> {
    return this.#frame.locator('figure.chart .chart-title').allInnerTexts();
  }

  /**
   * How many marks (bars, lines, areas, dots) a chart has drawn, or of a map of cells how many colors, and how it
   * looks.
   */
  async chart(title: string): Promise<{ marks: number; picture: Picture }> {
    const chart = this.#chart(title);
    await chart.scrollIntoViewIfNeeded();
    const cells = chart.locator('.heat-map canvas');
    const plot = chart.locator('.plot svg').last();
    await cells.or(plot).first().waitFor();
    if ((await cells.count()) > 0)
      return { marks: colorsOf(await cells.evaluate(readCanvas)), picture: await pictureOf(cells) };
    const marks = plot.locator('g[aria-label] :is(rect, path, circle, line)');
    await marks.first().waitFor({ state: 'attached' });
    return { marks: await marks.count(), picture: await pictureOf(plot) };
  }

  /** A map's drawing as a text that is equal for equal pictures. */
  async mapDrawing(title: string): Promise<string> {
    return this.#chart(title).locator('.heat-map canvas').evaluate(drawingOf);
  }

  /** Puts the focus on a map's cells and presses a key. */
  async walkMap(title: string, key: string): Promise<void> {
    await this.#chart(title).getByRole('application').focus();
    await this.page.keyboard.press(key);
  }

  /** Draws the weights once more in so many steps. */
  async denoise(steps: number): Promise<void> {
    await this.#frame.getByRole('textbox', { name: 'Denoising steps' }).fill(String(steps));
    await this.page.keyboard.press('Tab');
    await this.#frame.getByRole('button', { name: 'Denoise step by step' }).click();
  }

  /** The line beside the slider of the states, once it begins so. */
  async waitForState(text: string): Promise<void> {
    await this.#frame.locator('.scrubber-controls .read-out').filter({ hasText: text }).waitFor();
  }

  /** Puts the focus on the slider of the states and presses a key. */
  async goToState(key: string): Promise<void> {
    await this.#frame.getByRole('slider', { name: 'State' }).focus();
    await this.page.keyboard.press(key);
  }

  async scrollToDenoising(): Promise<void> {
    await this.#frame
      .getByRole('heading', { name: 'Denoising' })
      .evaluate((heading) => (heading as unknown as { scrollIntoView(): void }).scrollIntoView());
  }

  /** A chart's drawing as a text that is equal for equal drawings. */
  async plot(title: string): Promise<string> {
    const plot = this.#chart(title).locator('.plot svg');
    await plot.waitFor();
    return plot.innerHTML();
  }

  /** The line below a map. */
  async mapReadOut(title: string): Promise<string> {
    return this.#chart(title).locator('.heat-map .read-out').innerText();
  }

  /** Zoo members by their distance, from the nearest: name and distance. */
  async nearest(): Promise<{ concept: string; distance: string }[]> {
    const rows = this.#frame.locator('.nearest tbody tr');
    await rows.first().waitFor();
    return Promise.all(
      (await rows.all()).map(async (row) => ({
        concept: (await row.locator('th').innerText()).split('\n')[0]!,
        distance: await row.locator('td').nth(1).innerText(),
      })),
    );
  }

  #chart(title: string): Locator {
    return this.#frame
      .locator('figure.chart')
      .filter({ has: this.#frame.getByRole('heading', { name: title }) })
      .first();
  }

  /** The colors that the marks of a chart are filled with. */
  async markColors(title: string): Promise<string[]> {
    const chart = this.#charts.filter({ has: this.#frame.getByRole('heading', { name: title }) }).first();
    const colors = await chart
      .locator('.plot svg g[aria-label] :is(rect, path, circle)')
      .evaluateAll((marks) =>
        marks.map((mark) => mark.ownerDocument.defaultView!.getComputedStyle(mark).fill as string),
      );
    return [...new Set(colors)].filter((color) => color !== 'none');
  }

  get #charts(): Locator {
    return this.#frame.locator('figure.chart', { has: this.#frame.locator('svg') });
  }
}

/** Colors that cover a part of a canvas, each counted once. */
function colorsOf({ rgba }: { rgba: readonly number[] }): number {
  const colors = new Set<string>();
  for (let i = 0; i < rgba.length; i += 4) if (rgba[i + 3] === 255) colors.add(rgba.slice(i, i + 3).join());
  return colors.size;
}

import type { FrameLocator, Locator, Page } from 'playwright-core';
import { type Picture, pictureOf, shownWebview } from './webview.ts';

/** The Weights view: statistics of a concept's weights beside the zoo's. */
export class WeightsView {
  readonly #frame: FrameLocator;

  constructor(page: Page) {
    this.#frame = shownWebview(page);
  }

  async waitFor(concept: string): Promise<void> {
    await this.#frame.getByRole('heading', { name: `Weights of ${concept}` }).waitFor();
    await this.#charts.first().waitFor();
  }

  /** Titles of the charts, from the top. */
  async chartTitles(): Promise<string[]> {
    return this.#frame.locator('figure.chart .chart-title').allInnerTexts();
  }

  /** How many marks (bars, lines, areas, dots) a chart has drawn, and how it looks. */
  async chart(title: string): Promise<{ marks: number; picture: Picture }> {
    const chart = this.#charts.filter({ has: this.#frame.getByRole('heading', { name: title }) }).first();
    const plot = chart.locator('.plot svg').first();
    const marks = await plot.locator('g[aria-label] :is(rect, path, circle, line)').count();
    return { marks, picture: await pictureOf(plot) };
  }

  get #charts(): Locator {
    return this.#frame.locator('figure.chart', { has: this.#frame.locator('svg') });
  }
}

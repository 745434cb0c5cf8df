import type { FrameLocator, Page } from 'playwright-core';
import { shownWebview } from './webview.ts';

/** The editor of a safetensors file. */
export class TensorsView {
  readonly #frame: FrameLocator;

  constructor(page: Page) {
    this.#frame = shownWebview(page);
  }

  /** Names of the tensors, once all values have been read. */
  async read(file: string): Promise<string[]> {
    await this.#frame.getByRole('heading', { name: file, exact: true }).waitFor();
    await this.#frame.locator('main[aria-busy="false"]').waitFor();
    return this.#frame
      .getByRole('region', { name: 'Tensors of the file' })
      .locator('tbody th')
      .allInnerTexts();
  }

  /** The figures of one column, from the top. */
  async column(title: string): Promise<string[]> {
    const table = this.#frame.getByRole('region', { name: 'Tensors of the file' });
    const heads = await table.locator('thead th').allInnerTexts();
    const place = heads.findIndex((head) => head.startsWith(title));
    return table.locator(`tbody tr > :nth-child(${place + 1})`).allInnerTexts();
  }
}

import type { FrameLocator, Locator, Page } from 'playwright-core';
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
    return this.#names.allInnerTexts();
  }

  /** Names of the tensors, as soon as the header is read. */
  async names(file: string): Promise<string[]> {
    await this.#frame.getByRole('heading', { name: file, exact: true }).waitFor();
    await this.#names.first().waitFor();
    return this.#names.allInnerTexts();
  }

  get #names(): Locator {
    return this.#frame.getByRole('region', { name: 'Tensors of the file' }).locator('tbody th');
  }

  /** The figures of one column, from the top. */
  async column(title: string): Promise<string[]> {
    const table = this.#frame.getByRole('region', { name: 'Tensors of the file' });
    const heads = await table.locator('thead th').allInnerTexts();
    const place = heads.findIndex((head) => head.startsWith(title));
    return table.locator(`tbody tr > :nth-child(${place + 1})`).allInnerTexts();
  }

  /** What is said below the file's name: its size and what it holds. */
  async summary(): Promise<string> {
    return this.#frame.locator('.view-header > p').innerText();
  }

  /** How many tensors differ from another file's, in words, once both have been read. */
  async compared(file: string): Promise<string> {
    const comparison = this.#frame.getByRole('region', { name: `Compared with ${file}` });
    await comparison.getByRole('status').filter({ hasText: 'differ.' }).waitFor();
    return comparison.getByRole('status').innerText();
  }

  /** The table of differences, a row a tensor. */
  async differences(): Promise<string[][]> {
    const rows = this.#frame.getByRole('region', { name: /^Differences/ }).locator('tbody tr');
    return Promise.all((await rows.all()).map((row) => row.locator('th, td').allInnerTexts()));
  }

  /** Tensors that only one of the files has, or that have another shape there. */
  async unmatched(): Promise<string[]> {
    return this.#frame.locator('.unmatched').allInnerTexts();
  }
}

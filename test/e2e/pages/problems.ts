import type { Locator, Page } from 'playwright-core';
import type { CommandPalette } from './command-palette.ts';

export interface ShownProblem {
  message: string;
  /** Counted from 1. */
  line: number;
  column: number;
}

/** The Problems panel. */
export class Problems {
  readonly #panel: Locator;

  constructor(
    page: Page,
    readonly palette: CommandPalette,
  ) {
    this.#panel = page.locator('.markers-panel');
  }

  async show(): Promise<void> {
    await this.palette.run('Problems: Focus on Problems View');
    await this.#panel.waitFor();
  }

  /** Closes the panel if it is open. */
  async hide(): Promise<void> {
    if (!(await this.#panel.isVisible())) return;
    await this.palette.run('View: Hide Panel');
    await this.#panel.waitFor({ state: 'hidden' });
  }

  /** The problem whose message has this text, once it is listed. */
  async find(text: string | RegExp): Promise<ShownProblem> {
    const row = this.#panel.locator('.monaco-list-row', { hasText: text }).first();
    await row.waitFor();
    const position = await row.locator('.marker-line').innerText();
    const [, line, column] = /(\d+)\D+(\d+)/.exec(position) ?? [];
    return { message: await row.innerText(), line: Number(line), column: Number(column) };
  }

  /** Names of the files that have problems, as far as their headings are drawn. */
  async files(): Promise<string[]> {
    return this.#panel.locator('.monaco-list-row[aria-level="1"] .label-name').allInnerTexts();
  }

  async waitUntilGone(text: string | RegExp): Promise<void> {
    await this.#panel.locator('.monaco-list-row', { hasText: text }).first().waitFor({ state: 'detached' });
  }
}

import type { Locator, Page } from 'playwright-core';

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Severity = 'error' | 'warning' | 'info';

/** What the elements say and where they are, all at one moment. */
async function boxesOf(elements: Locator): Promise<{ box: Box; text: string }[]> {
  return elements.evaluateAll((found) =>
    found.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { box: { x, y, width, height }, text: element.textContent ?? '' };
    }),
  );
}

/** The text editor of the active tab. */
export class TextEditor {
  readonly #editor: Locator;

  constructor(readonly page: Page) {
    this.#editor = page.locator('.editor-group-container.active .monaco-editor[role="code"]');
  }

  async waitForTab(title: string): Promise<void> {
    await this.page.locator('.tab.active', { hasText: title }).waitFor();
  }

  async showTab(title: string): Promise<void> {
    await this.page.locator('.tab', { hasText: title }).click();
    await this.waitForTab(title);
  }

  /** The line that shows this text. */
  line(text: string): Locator {
    return this.#editor.locator('.view-line', { hasText: text }).first();
  }

  /** Replaces the content of a line, counted from 1, as a person would: go there, select it, type. */
  async replaceLine(line: number, text: string): Promise<void> {
    await this.#editor.locator('.view-lines').click();
    await this.page.keyboard.press('Control+G');
    const input = this.page.locator('.quick-input-widget input[type="text"]');
    await input.waitFor();
    await input.fill(`:${line}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await this.page.keyboard.press('Home');
    await this.page.keyboard.press('Home');
    await this.page.keyboard.press('Shift+End');
    // As pasted: typing would let completion and indentation change it.
    await this.page.keyboard.insertText(text);
  }

  /** Rests the pointer on a text until what it says is shown. */
  async hoverOver(text: string): Promise<void> {
    await this.line(text).getByText(text, { exact: true }).first().hover();
    await this.#hover.waitFor();
  }

  /** A picture in what is shown of the text under the pointer. */
  async waitForHoverPicture(): Promise<void> {
    await this.#hover.locator('img').first().waitFor();
  }

  /** A mark of this severity under any text. */
  async waitForMark(severity: Severity): Promise<void> {
    await this.#editor.locator(`.squiggly-${severity}`).first().waitFor();
  }

  get #hover(): Locator {
    return this.page.locator('.monaco-hover:not(.hidden) .hover-contents').first();
  }

  /** Opens the list of what would mend the mistake at the cursor. */
  async offerFixes(): Promise<void> {
    // What lies open over the text, a hover or completions, goes first.
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('Control+.');
    await this.page.locator('.action-widget .monaco-list-row').first().waitFor();
  }

  async waitForHint(text: string): Promise<void> {
    await this.#editor.locator('.view-line span[class*="dyn-rule"]', { hasText: text }).first().waitFor();
  }

  async save(): Promise<void> {
    await this.page.keyboard.press('Control+S');
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  }

  /** The texts under the marks of one severity, as read from where both are on the screen. */
  async markedTexts(severity: Severity): Promise<string[]> {
    const lines = await boxesOf(this.#editor.locator('.view-line > span'));
    const marks = await boxesOf(this.#editor.locator(`.squiggly-${severity}`));
    return marks.flatMap(({ box: mark }) => {
      const middle = mark.y + mark.height / 2;
      const line = lines.find(({ box }) => middle >= box.y && middle <= box.y + box.height);
      if (line === undefined) return [];
      // A monospaced font: every character is as wide as any other.
      const width = line.box.width / line.text.length;
      const start = Math.round((mark.x - line.box.x) / width);
      return [line.text.slice(start, start + Math.round(mark.width / width))];
    });
  }

  async waitForCodeLens(text: string): Promise<void> {
    await this.#editor.locator('.codelens-decoration a', { hasText: text }).first().waitFor();
  }

  /** Presses the code lens with this text. */
  async pressCodeLens(text: string): Promise<void> {
    await this.#editor.locator('.codelens-decoration a', { hasText: text }).first().click();
  }
}

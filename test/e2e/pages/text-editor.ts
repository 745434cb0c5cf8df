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

/** Where an element is, also where the editor draws its line again in the meantime. */
async function boxOf(element: Locator): Promise<Box> {
  for (;;) {
    await element.waitFor();
    const box = await element.boundingBox();
    if (box !== null) return box;
  }
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

  async waitUntilClosed(title: string): Promise<void> {
    await this.page.locator('.tab', { hasText: title }).waitFor({ state: 'detached' });
  }

  async waitUntilAllClosed(): Promise<void> {
    await this.page.locator('.editor-group-container .tab').first().waitFor({ state: 'detached' });
  }

  async showTab(title: string): Promise<void> {
    await this.page.locator('.tab', { hasText: title }).click();
    await this.waitForTab(title);
  }

  /** Gives it the keyboard, without moving the pointer. */
  async focus(): Promise<void> {
    await this.page.keyboard.press('Control+1');
    await this.#waitForKeyboard();
  }

  /** Until keys go to it: those that come earlier go nowhere. */
  async #waitForKeyboard(): Promise<void> {
    await this.#editor.and(this.page.locator('.focused')).waitFor();
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
    await this.#waitForKeyboard();
    await this.page.keyboard.press('Home');
    await this.page.keyboard.press('Home');
    await this.page.keyboard.press('Shift+End');
    // As pasted: typing would let completion and indentation change it.
    await this.page.keyboard.insertText(text);
  }

  /** The class that gives a piece of text its color; the piece as the highlighting has cut it. */
  async colorClass(piece: string, line = piece): Promise<string> {
    // Spaces are drawn as such that break no line.
    const text = new RegExp(`^\\s*${piece.replaceAll(' ', '\\s')}\\s*$`);
    const span = this.line(line).locator('span > span', { hasText: text }).first();
    await span.waitFor();
    const classes = (await span.getAttribute('class')) ?? '';
    return classes.split(' ').find((name) => name.startsWith('mtk')) ?? '';
  }

  /** Puts the cursor into a text, as a click does. */
  async clickAt(text: string, line = text): Promise<void> {
    // By its place: the cursor, a layer of its own, may lie over the text already, and then a click on the element waits.
    const { x, y, width, height } = await boxOf(this.line(line).getByText(text, { exact: true }).first());
    await this.page.mouse.click(x + width / 2, y + height / 2);
    await this.#waitForKeyboard();
  }

  /** Names in the list of completions, once there is one with this text. */
  async suggestion(text: string): Promise<string> {
    const row = this.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: text }).first();
    await row.waitFor();
    return row.locator('.label-name').innerText();
  }

  /** Takes one of the offered fixes, the list of which is open. */
  async takeFix(title: string): Promise<void> {
    await this.page.locator('.action-widget .monaco-list-row', { hasText: title }).first().click();
  }

  /** Renames what the cursor is at. */
  async rename(name: string): Promise<void> {
    await this.page.keyboard.press('F2');
    const input = this.page.locator('.rename-box input');
    await input.waitFor();
    await input.fill(name);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
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

  /** Opens the list of what would fix the mistake at the cursor. */
  async offerFixes(): Promise<void> {
    // What lies open over the text, a hover or completions, goes first.
    await this.page.keyboard.press('Escape');
    // It holds the fixes that it was shown for. The key would ask for them again, and the editor drops such a question
    // where the mistakes are told once more before it is answered.
    await this.#editor
      .locator('[class*="gutter-lightbulb"]:visible, .lightBulbWidget:visible')
      .first()
      .click();
    await this.page.locator('.action-widget .monaco-list-row').first().waitFor();
  }

  async waitForHint(text: string | RegExp): Promise<void> {
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

  /** Lenses above the first line push the text down, and themselves out of the view. */
  async scrollToTop(): Promise<void> {
    const lens = this.#editor.locator('.codelens-decoration').first();
    await this.#editor.hover();
    do await this.page.mouse.wheel(0, -1000);
    while ((await boxOf(lens)).y < (await boxOf(this.#editor)).y);
  }
}

import { errors, type Locator, type Page } from 'playwright-core';
import { stepLimitMs } from '../step-limit.ts';

/** How long the palette may take to look commands up. */
const lookUpMs = 5_000;

/** Runs in the page: whether what is selected is all of a file's name but its extension. */
function proposesName(input: unknown): boolean {
  const { value, selectionStart, selectionEnd } = input as {
    value: string;
    selectionStart: number;
    selectionEnd: number;
  };
  return selectionStart < selectionEnd && /^\.\w+$/.test(value.slice(selectionEnd));
}

/** The quick input: the command palette, and the lists and boxes that commands ask with. */
export class CommandPalette {
  readonly #widget: Locator;
  readonly #input: Locator;

  constructor(readonly page: Page) {
    this.#widget = page.locator('.quick-input-widget');
    this.#input = page.locator('.quick-input-widget:not([style*="display: none"]) input[type="text"]');
  }

  /** Runs a command by its title, such as `View: Toggle Output`. */
  async run(title: string): Promise<void> {
    await this.prepare(title);
    await this.#row(title).click();
  }

  /**
   * Types a command's title and waits until it is offered; Enter runs it.
   * @throws with what is offered instead
   */
  async prepare(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.#input.waitFor();
    const isOffered = () => this.#row(title).isVisible();
    const deadline = Date.now() + stepLimitMs;
    while (!(await isOffered())) {
      if (Date.now() > deadline) throw new Error(`“${title}” is not offered, but ${await this.#contents()}`);
      // The palette looks commands up as one types, and does not follow what becomes available afterwards.
      await this.#input.fill('>');
      await this.#input.fill(`>${title}`);
      await this.#row(title)
        .waitFor({ timeout: lookUpMs })
        .catch((error: unknown) => {
          if (!(error instanceof errors.TimeoutError)) throw error;
        });
    }
  }

  async #contents(): Promise<string> {
    const rows = await this.page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
    return `for “${await this.#input.inputValue()}”: ${rows.map((row) => row.replaceAll('\n', ' ')).join(' | ')}`;
  }

  /** Takes the entry with this text from the list that a command asks with. */
  async choose(label: string): Promise<void> {
    await this.#input.waitFor();
    await this.#row(label).click();
  }

  /** Takes the entry of this name from a list whose other entries have it in their descriptions. */
  async chooseNamed(name: string): Promise<void> {
    const label = this.page.locator('.label-name', { hasText: new RegExp(`^\\s*${name}\\s*$`) });
    await this.page.locator('.quick-input-list .monaco-list-row').filter({ has: label }).click();
  }

  /** Answers the box that a command asks with. */
  async answer(text: string): Promise<void> {
    await this.#input.waitFor();
    await this.#input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Answers the dialog that asks where to save a file. */
  async saveAs(path: string): Promise<void> {
    await this.#input.waitFor();
    // At the end of its own beginning, and not before, the dialog selects the name that it proposes.
    await this.page.waitForFunction(proposesName, await this.#input.elementHandle());
    await this.answer(path);
  }

  /** Ticks entries of a list that several can be chosen from, and no other. */
  async chooseSeveral(...labels: string[]): Promise<void> {
    for (const label of labels) await this.choose(label);
    await this.page.keyboard.press('Enter');
  }

  /** What the box that a command asks with proposes. */
  async proposed(): Promise<string> {
    return this.#input.inputValue();
  }

  /** Types over what the box proposes. */
  async type(text: string): Promise<void> {
    await this.#input.fill(text);
  }

  /** What the box says below what is typed. */
  async hint(): Promise<string> {
    return this.#widget.locator('.quick-input-message').innerText();
  }

  /** Agrees to what a dialog for files proposes, which here is a list as well. */
  async confirmFile(button: string): Promise<void> {
    await this.#widget.getByRole('button', { name: button }).click();
  }

  /** Waits until a dialog for files, which here is a list as well, can be agreed to. */
  async waitForFileDialog(button: string): Promise<void> {
    await this.#widget.getByRole('button', { name: button }).waitFor();
  }

  async waitForEntry(label: string): Promise<void> {
    await this.#row(label).waitFor();
  }

  /** All that an entry says, once it is offered. */
  async entry(label: string): Promise<string> {
    const row = this.#row(label);
    await row.waitFor();
    return row.innerText();
  }

  /** The commands that begin with what is typed, as far as the palette offers them; it is closed again. */
  async offered(typed: string): Promise<string[]> {
    await this.page.keyboard.press('F1');
    await this.#input.waitFor();
    await this.#input.fill(`>${typed}`);
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    // What was listed before it was typed goes, or others are said to be similar.
    await rows
      .filter({ hasText: new RegExp(`${typed}|similar commands|No matching`) })
      .first()
      .waitFor();
    const labels = await rows.locator('.quick-input-list-row:first-child .label-name').allInnerTexts();
    await this.page.keyboard.press('Escape');
    await this.waitUntilClosed();
    return labels.filter((label) => label.startsWith(typed));
  }

  /** The extension's commands that the palette offers, sorted, without those that VS Code makes for its views. */
  async offeredByExtension(): Promise<string[]> {
    const commands = await this.offered('Denoised Weights: ');
    return commands.filter((command) => !/: (Focus on|Open View)/.test(command)).toSorted();
  }

  /** Waits for the box or list of this title, and that what is typed goes there. */
  async waitUntilOpen(title: string): Promise<void> {
    await this.#widget.getByText(title, { exact: true }).waitFor();
    await this.#widget.locator('input[type="text"]:focus').waitFor();
  }

  async waitUntilClosed(): Promise<void> {
    await this.#widget.waitFor({ state: 'hidden' });
  }

  #row(label: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
  }
}

import type { FrameLocator, Locator, Page } from 'playwright-core';
import type { Pixels } from '../picture-quality.ts';
import { dropFile, pasteFile, readCanvas, type SentFile } from './in-page.ts';
import { type Picture, pictureOf, shownWebview } from './webview.ts';

/** A file as a person would drop or paste it. */
export interface GivenFile {
  name: string;
  type: string;
  content: Buffer;
}

/** The Translate view: held-out images beside their translations. */
export class TranslateView {
  readonly #frame: FrameLocator;

  constructor(readonly page: Page) {
    this.#frame = shownWebview(page);
  }

  async waitFor(concept: string): Promise<void> {
    await this.#frame.getByRole('heading', { name: `Translate with ${concept}` }).waitFor();
  }

  async scrollToTop(): Promise<void> {
    await this.#frame.locator('h1').scrollIntoViewIfNeeded();
  }

  async press(button: string): Promise<void> {
    await this.#frame.getByRole('button', { name: button, exact: true }).click();
  }

  /** Waits until the view says that it has saved what it was told to. */
  async waitForSaved(what: string): Promise<void> {
    await this.#frame
      .getByRole('status')
      .filter({ hasText: `Saved ${what}.` })
      .waitFor();
  }

  /** The pictures of one column of the table, from the first image down, once the column is filled. */
  async column(title: string): Promise<Picture[]> {
    return Promise.all((await this.#filled(title)).map(pictureOf));
  }

  /** The pixels of one column's pictures, from the first image down, once the column is filled. */
  async pixels(title: string): Promise<Pixels[]> {
    return Promise.all((await this.#filled(title)).map(pixelsOf));
  }

  /** Titles of the columns, without their second lines. */
  async titles(): Promise<string[]> {
    const heads = await this.#frame.getByRole('table').locator('thead th').allInnerTexts();
    return heads.map((head) => head.split('\n')[0]!);
  }

  /** Names of the images in the table, from the top. */
  async images(): Promise<string[]> {
    return this.#frame.locator('.row-name').allInnerTexts();
  }

  /** What stands below the pictures of one column, from the first image down. */
  async captions(title: string): Promise<string[]> {
    const cells = this.#frame.locator('.picture-cell', {
      has: this.#frame.getByRole('img', { name: ending(title) }),
    });
    return (await cells.allInnerTexts()).map((text) => text.replaceAll('\n', ' '));
  }

  /** Lays another image under the divider. */
  async compare(image: string): Promise<void> {
    await this.press(`Compare ${image} in the slider`);
  }

  /** Puts the focus on the divider and presses a key. */
  async moveDivider(key: string): Promise<void> {
    await this.#divider.focus();
    await this.page.keyboard.press(key);
  }

  /** How much of either picture is shown, in words. */
  async dividerText(): Promise<string | null> {
    return this.#divider.getAttribute('aria-valuetext');
  }

  /** The two pictures on top of each other, as drawn. */
  async compared(): Promise<Picture> {
    return pictureOf(this.#frame.locator('.compare'));
  }

  /** Drops a file on the row of images. */
  async drop(file: GivenFile): Promise<void> {
    await this.#frame.locator('.images').evaluate(dropFile, sendable(file));
  }

  /** Pastes a file into the view. */
  async paste(file: GivenFile): Promise<void> {
    await this.#frame.locator('main').evaluate(pasteFile, sendable(file));
  }

  /** Draws other weights for the prompt. */
  async denoise(seed: number, steps: number): Promise<void> {
    await this.#frame.getByText('Denoise with another seed').click();
    for (const [field, value] of [
      [/^Seed/, seed],
      [/^Denoising steps/, steps],
    ] as const) {
      await this.#frame.getByRole('textbox', { name: field }).fill(String(value));
      await this.page.keyboard.press('Tab');
    }
    await this.press('Denoise');
  }

  get #divider(): Locator {
    return this.#frame.getByRole('slider', { name: /^Divider between/ });
  }

  #pictures(title: string): Locator {
    return this.#frame.getByRole('table').getByRole('img', { name: ending(title) });
  }

  async #filled(title: string): Promise<Locator[]> {
    const pictures = this.#pictures(title);
    await pictures.first().waitFor();
    await this.#frame.locator('main[aria-busy="false"]').waitFor();
    return pictures.all();
  }
}

/** Names of pictures end with the title of their column. */
function ending(title: string): RegExp {
  return new RegExp(`, ${title}$`, 'i');
}

function sendable({ name, type, content }: GivenFile): SentFile {
  return { name, type, bytes: [...content] };
}

async function pixelsOf(canvas: Locator): Promise<Pixels> {
  const { width, height, rgba } = await canvas.evaluate(readCanvas);
  return { width, height, rgb: rgba.filter((_, i) => i % 4 !== 3) };
}

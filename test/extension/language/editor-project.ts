import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { ClientCapabilities, Position } from 'vscode-languageserver';
import { EditorSession, withCursor } from './editor-session.ts';

export const SNOW = `prompt: fresh snow
tags: [weather]
pairs:
  source: ../images
  target:
    effect: snow
`;
export const FOG = SNOW.replace('fresh snow', 'morning fog').replace('effect: snow', 'effect: fog');

/**
 * A project of two concepts, `snow` and `fog`, and two images, made again for each test of a file, and one editor that
 * opens its files. To be called once, at the top of a test file.
 */
export class EditorProject {
  session!: EditorSession;
  capabilities!: Record<string, unknown>;
  /** Absolute path of the project. */
  folder = '';
  readonly #opened = new Set<string>();

  /** @param editor what the editor says it can do */
  constructor(editor?: ClientCapabilities) {
    beforeAll(async () => {
      ({ session: this.session, capabilities: this.capabilities } = await EditorSession.start(editor));
    });
    beforeEach(() => this.#renew());
    afterAll(async () => {
      await this.session.stop();
      await rm(this.folder, { recursive: true });
    });
  }

  async #renew(): Promise<void> {
    for (const path of this.#opened) await this.session.close(path);
    this.#opened.clear();
    if (this.folder) await rm(this.folder, { recursive: true });
    this.folder = await mkdtemp(join(tmpdir(), 'dnw-project-'));
    await this.file('images/one.png', '');
    await this.file('images/two.png', '');
    await this.file('concepts/snow.concept.yaml', SNOW);
    await this.file('concepts/fog.concept.yaml', FOG);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file to disk. */
  async file(name: string, text: string): Promise<string> {
    const path = this.path(name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  /** Opens a text, with the cursor at its `|` if it has one, as an unsaved document of the project. */
  async open(name: string, marked: string): Promise<{ path: string; position: Position; text: string }> {
    const path = this.path(name);
    const { text, position } = withCursor(marked.includes('|') ? marked : `${marked}|`);
    this.#opened.add(path);
    await this.session.open(path, text);
    return { path, position, text };
  }

  /** The Markdown that is shown over the cursor. */
  async hover(name: string, marked: string): Promise<string> {
    const { path, position } = await this.open(name, marked);
    const found = await this.session.hover(path, position);
    return (found?.contents as { value: string } | undefined)?.value ?? '';
  }
}

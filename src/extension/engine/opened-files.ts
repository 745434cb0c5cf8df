import type * as vscode from 'vscode';
import type { OpenedParams } from '../../protocol/serve.ts';

const KEY = 'denoisedWeights.chosenFiles';
/** How many chosen files are remembered across windows: the latest ones. */
const MOST_CHOSEN = 200;

/**
 * What the user has opened, which is all that the engine reads for a request: the projects, safetensors files in an
 * editor, and images that were chosen or dropped. Chosen files are remembered, since pages keep them across a reload.
 */
export class OpenedFiles {
  private readonly inEditors: string[] = [];

  constructor(
    private readonly projects: () => readonly { readonly folder: string }[],
    private readonly memory: Pick<vscode.Memento, 'get' | 'update'>,
  ) {}

  get current(): OpenedParams {
    return {
      projects: this.projects().map(({ folder }) => folder),
      files: [...new Set([...this.inEditors, ...this.chosen])],
    };
  }

  /** Opens a file until the result is disposed of. */
  open(file: string): { dispose(): void } {
    this.inEditors.push(file);
    let open = true;
    return {
      dispose: () => {
        if (open) this.inEditors.splice(this.inEditors.indexOf(file), 1);
        open = false;
      },
    };
  }

  /** Remembers a file that the user chose. */
  async choose(file: string): Promise<void> {
    await this.memory.update(
      KEY,
      [...this.chosen.filter((other) => other !== file), file].slice(-MOST_CHOSEN),
    );
  }

  has(file: string): boolean {
    return this.current.files.includes(file);
  }

  private get chosen(): string[] {
    return this.memory.get<string[]>(KEY, []);
  }
}

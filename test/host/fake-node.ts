import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';

/**
 * A program for the setting `engine.node` that runs test/host/programs/fake-engine.mjs in place of the engine.
 * @param folder where to put it
 * @returns its path
 */
export function fakeNode(folder: string): string {
  const { extensionPath } = vscode.extensions.getExtension('denoised-weights.denoised-weights')!;
  const program = join(extensionPath, 'test/host/programs/fake-engine.mjs');
  const node = join(folder, 'node');
  writeFileSync(node, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
  return node;
}

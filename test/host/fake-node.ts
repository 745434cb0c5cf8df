import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A program for the setting `engine.node` that runs test/host/programs/fake-engine.mjs in place of the engine.
 * @param folder where to put it
 * @returns its path
 */
export function fakeNode(folder: string): string {
  const program = join(process.env.DNW_HOST_PROGRAMS!, 'fake-engine.mjs');
  const node = join(folder, 'node');
  writeFileSync(node, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
  return node;
}

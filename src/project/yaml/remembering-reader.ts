import { stat } from 'node:fs/promises';
import type { YamlDocument } from './document.ts';
import { type ReadDocument, readYaml } from './read.ts';

/** Makes a reader that reads a file again only if its size, modification time or inode has changed. */
export function rememberingReader(): ReadDocument {
  const known = new Map<string, { stamp: string; document: YamlDocument }>();
  return async (path) => {
    const stamp = await stampOf(path);
    const before = known.get(path);
    if (stamp !== undefined && before?.stamp === stamp) return before.document;
    const document = await readYaml(path);
    if (stamp !== undefined) known.set(path, { stamp, document });
    else known.delete(path);
    return document;
  };
}

async function stampOf(path: string): Promise<string | undefined> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return `${size} ${mtimeMs} ${ino}`;
  } catch {
    // Reading the file reports what is wrong with it.
    return undefined;
  }
}

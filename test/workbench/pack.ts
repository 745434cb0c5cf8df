import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';

/**
 * Packs an extension that only tests need.
 * @param folder its manifest and everything else of it
 * @returns the path of the .vsix
 */
export async function packTestExtension(folder: string): Promise<string> {
  const packagePath = join(mkdtempSync(join(tmpdir(), 'packed-')), 'extension.vsix');
  await createVSIX({
    cwd: folder,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: true,
  });
  return packagePath;
}

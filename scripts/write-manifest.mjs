// Writes what package.json and package.nls.json derive from the code: node scripts/write-manifest.mjs
// These are the commands and menus of the stages and the schemas of the tools; a test fails if they are stale.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importSource, writeDerived } from './build/derived-files.mjs';
import { repository } from './setup/paths.mjs';

const { derivedManifest, derivedStrings } = await importSource('src/extension/manifest.ts');
const read = (path) => JSON.parse(readFileSync(join(repository, path), 'utf8'));
writeDerived({
  'package.json': derivedManifest(read('package.json')),
  'package.nls.json': derivedStrings(read('package.nls.json')),
});

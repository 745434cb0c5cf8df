// Writes files in syntaxes/ from the zod schemas: node scripts/write-schemas.mjs
// - dnw-*.schema.json, for people who open our files as plain YAML (contributes.yamlValidation);
// - the names of keys, effects and values in dnw-*.tmLanguage.json, whose other rules are written by hand.
// test/project/json-schema.test.ts fails if one of them is stale.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importSource, writeDerived } from './build/derived-files.mjs';
import { withNames } from './grammar.mjs';
import { repository } from './setup/paths.mjs';

const source = await importSource('src/project/schema/json-schema.ts');
const files = {
  'syntaxes/dnw-concept.schema.json': source.conceptJsonSchema(),
  'syntaxes/dnw-training.schema.json': source.trainingJsonSchema(),
};
for (const [language, names] of Object.entries(source.grammarNames())) {
  const path = `syntaxes/${language}.tmLanguage.json`;
  files[path] = withNames(JSON.parse(readFileSync(join(repository, path), 'utf8')), names);
}
writeDerived(files);

import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { repository } from './setup/paths.mjs';

/** What stages write to a project; a checkout in which the example was run in place has it too. */
const made = new Set(['runs', 'zoo', 'base', 'weights', 'weight-generators', 'images', '.dnw']);

/** Copies examples/quickstart without anything that stages have written. */
export function copyExampleProject(target) {
  cpSync(join(repository, 'examples/quickstart'), target, {
    recursive: true,
    filter: (source) => !made.has(basename(source)),
  });
}

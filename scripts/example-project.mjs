import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { repository } from './setup/paths.mjs';

/** What the stages make in a project; a checkout in which the example was run in place holds it too. */
const made = new Set(['runs', 'zoo', 'base', 'weights', 'weight-generators', 'images', '.dnw']);

/** Copies examples/quickstart as it is before any stage has run. */
export function copyExampleProject(target) {
  cpSync(join(repository, 'examples/quickstart'), target, {
    recursive: true,
    filter: (source) => !made.has(basename(source)),
  });
}

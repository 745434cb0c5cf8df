// Bundles everything that ships into dist/: node scripts/build.mjs [--watch] [--production]
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBundles, watchBundles } from './build/bundles.mjs';
import { repository } from './setup/paths.mjs';

const { values } = parseArgs({
  options: { watch: { type: 'boolean', default: false }, production: { type: 'boolean', default: false } },
});
const request = { outputFolder: 'dist', production: values.production };

rmSync(join(repository, request.outputFolder), { recursive: true, force: true });
if (values.watch) {
  await watchBundles(request);
  console.log('watching');
} else {
  const { outputs } = await buildBundles(request);
  console.log(`built ${outputs.filter((file) => !file.endsWith('.map')).join(', ')}`);
}

// Writes docs/troubleshooting.md from the table of errors: node scripts/write-troubleshooting.mjs
// test/protocol/errors.test.ts fails if it is stale.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importSource } from './build/derived-files.mjs';
import { repository } from './setup/paths.mjs';

const { TROUBLESHOOTING_FILE, troubleshootingPage } = await importSource('src/protocol/troubleshooting.ts');
writeFileSync(join(repository, TROUBLESHOOTING_FILE), troubleshootingPage());

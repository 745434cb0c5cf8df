// Asks the registry for known vulnerabilities of what package-lock.json names: npm run audit
// Exit status: 0 if each is explained in scripts/audit/exceptions.json, 1 if not, 3 if the registry could not be asked.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from './audit/judge.mjs';
import { repository } from './setup/paths.mjs';

const STATUS = { clean: 0, open: 1, 'not-asked': 3 };

const { stdout } = spawnSync('npm', ['audit', '--json', '--fetch-retries=0', '--fetch-timeout=20000'], {
  cwd: repository,
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
  timeout: 60_000,
  stdio: ['ignore', 'pipe', 'ignore'],
  shell: process.platform === 'win32',
});
const exceptions = JSON.parse(readFileSync(join(repository, 'scripts/audit/exceptions.json'), 'utf8'));
const { kind, lines } = judge(stdout ?? '', exceptions);
for (const line of lines) console.log(line);
process.exitCode = STATUS[kind];

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newProjectFolder } from '../../scripts/quickstart/project.mjs';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'dnw-cache-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

describe('a new quickstart', () => {
  it('keeps the projects that are there', () => {
    const made = [1, 2, 3].map(() => {
      const folder = newProjectFolder(cache, false);
      mkdirSync(folder);
      writeFileSync(join(folder, 'weights'), folder);
      return folder;
    });
    expect(made).toEqual(['quickstart', 'quickstart-2', 'quickstart-3'].map((name) => join(cache, name)));
    expect(made.map((folder) => readFileSync(join(folder, 'weights'), 'utf8'))).toEqual(made);
  });

  it('replaces the first, and only the first, if it is told to', () => {
    for (const name of ['quickstart', 'quickstart-2']) mkdirSync(join(cache, name));
    expect(newProjectFolder(cache, true)).toBe(join(cache, 'quickstart'));
    expect(existsSync(join(cache, 'quickstart'))).toBe(false);
    expect(existsSync(join(cache, 'quickstart-2'))).toBe(true);
  });
});

it.each([['--help'], ['-h'], ['--device', 'cpu', '--help']])(
  '%s shows help and does nothing',
  (...options) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/quickstart.mjs', ...options], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: npm run quickstart [\s\S]*--again/);
    expect(stdout).not.toContain('build');
  },
);

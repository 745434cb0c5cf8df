import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readText } from '../../src/project/disk/regular-file.ts';
import { createWholeSync } from '../../src/project/disk/write-whole.ts';
import { listRuns } from '../../src/project/runs/run-record.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const ODD: Record<string, (path: string) => void> = {
  'a folder': (path) => mkdirSync(path),
  'a named pipe': (path) => execFileSync('mkfifo', [path]),
  'an endless device': (path) => symlinkSync('/dev/zero', path),
  'a circular link': (path) => symlinkSync(path, path),
  gigabytes: (path) => execFileSync('truncate', ['-s', '3G', path]),
};

test.each(Object.keys(ODD))('%s is refused by name and not read', async (kind) => {
  const path = join(temporaryFolder(), 'a.json');
  ODD[kind]!(path);
  await expect(readText(path)).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining(path),
  });
});

test.each(['run.json', 'owner-1.json'])(
  'a run with such a %s is listed as damaged, next to others',
  async (name) => {
    for (const kind of Object.keys(ODD)) {
      const project = temporaryFolder();
      for (const run of ['a', 'b']) mkdirSync(join(project, 'runs', run), { recursive: true });
      ODD[kind]!(join(project, 'runs', 'b', name));
      const [damaged, whole] = await listRuns(project);
      expect([kind, damaged!.damage]).toEqual([kind, expect.stringContaining(name)]);
      expect(whole!.damage).toBeUndefined();
    }
  },
);

test('a file is created whole by one of those who try, and nothing else is left', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'owner-1.json');
  createWholeSync(path, 'first');
  expect(() => createWholeSync(path, 'second')).toThrow(expect.objectContaining({ code: 'EEXIST', path }));
  expect(readdirSync(folder)).toEqual(['owner-1.json']);
  expect(readFileSync(path, 'utf8')).toBe('first');
});

import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { removeLeftovers } from '../../src/engine/leftovers.ts';
import { writeWhole } from '../../src/project/disk/write-whole.ts';
import { RunLock } from '../../src/project/runs/run-lock.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const PART = '.0123456789abcdef.dnw-part';
const SHARED = ['base', 'zoo/0123456789ab', 'weights/fog', 'weight-generators', '.dnw/pairs', '.dnw/sources'];
const OF_THE_USER = [
  'base/a.safetensors.20261130',
  'base/.dnw-part',
  'zoo/0123456789ab/.a.swp',
  'weights/fog/fine-tuned.safetensors.1234567890',
  `images/${PART}`,
  PART,
];

let project: string;
let run: string;

beforeEach(() => {
  project = temporaryFolder();
  run = join(project, 'runs', 'r1');
  for (const folder of [...SHARED.map((name) => join(project, name)), join(run, 'translate')]) {
    leave(join(folder, PART));
  }
  for (const name of OF_THE_USER) leave(join(project, name));
  mkdirSync(join(project, 'runs', 'r2'));
});

/** A file as it was some time ago. */
function leave(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'x');
  utimesSync(path, 1, 1);
}

const left = () => [...SHARED, 'runs/r1/translate'].filter((name) => existsSync(join(project, name, PART)));

/** As `removeLeftovers`, by a process that has just taken over the run. */
async function removed(): Promise<void> {
  const lock = await RunLock.acquire(run);
  await removeLeftovers(project, run);
  lock.release();
}

describe('the next run removes what killed ones left', () => {
  test('everywhere in the project, and nothing of the user', async () => {
    await removed();
    expect(left()).toEqual([]);
    expect(OF_THE_USER.filter((name) => !existsSync(join(project, name)))).toEqual([]);
  });

  test('in the folders of runs that have ended and that nobody resumes', async () => {
    const ended = join(project, 'runs', 'r2', PART);
    leave(ended);
    await removed();
    expect(existsSync(ended)).toBe(false);
  });

  test('in its own folder only, while another run is active', async () => {
    const other = await RunLock.acquire(join(project, 'runs', 'r2'));
    await removed();
    other.release();
    expect(left()).toEqual(SHARED);
    await removed();
    expect(left()).toEqual([]);
  });

  test('but not what another process begins to write meanwhile', async () => {
    const young = join(project, 'base', PART);
    utimesSync(young, Date.now() / 1000 + 60, Date.now() / 1000 + 60);
    await removed();
    expect(left()).toEqual(['base']);
  });
});

test('a write that fails leaves nothing, and its error names the file', async () => {
  const folder = join(project, 'images');
  mkdirSync(join(folder, 'a.png', 'x'), { recursive: true });
  await expect(writeWhole(join(folder, 'a.png'), 'text')).rejects.toMatchObject({
    path: join(folder, 'a.png'),
  });
  await expect(writeWhole(join(folder, 'none', 'a.png'), 'text')).rejects.toMatchObject({
    code: 'ENOENT',
    path: join(folder, 'none', 'a.png'),
  });
  expect(readdirSync(folder).sort()).toEqual([PART, 'a.png']);
});

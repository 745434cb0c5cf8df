import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FileHashes } from '../../src/project/disk/file-hashes.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');

let project: string;
beforeEach(() => {
  project = temporaryFolder();
});
afterEach(() => {
  vi.useRealTimers();
});

const at = (name: string) => join(project, name);
const memo = () => JSON.parse(readFileSync(at('.dnw/file-hashes.json'), 'utf8'));

async function hashed(name: string, most?: number): Promise<string> {
  const hashes = await FileHashes.open(project);
  const hash = await hashes.of(at(name), most);
  await hashes.save();
  return hash;
}

/** As if the files had been written a minute ago. */
function aMinuteLater(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
}

describe('hashes of files', () => {
  test('are those of their content, or say why it is not read', async () => {
    writeFileSync(at('a.txt'), 'content');
    symlinkSync('/dev/zero', at('endless'));
    symlinkSync(at('nowhere'), at('broken'));
    expect(await hashed('a.txt')).toBe(sha('content'));
    expect(await hashed('a.txt', 1e-6)).toBe('7 bytes');
    expect(await hashed('endless')).toBe('not a regular file');
    expect(await hashed('broken')).toBe('ENOENT');
  });

  test('are remembered by stamp, relative to the project', async () => {
    writeFileSync(at('a.txt'), 'content');
    aMinuteLater();
    expect(await hashed('a.txt')).toBe(sha('content'));
    expect(memo().files).toEqual({ 'a.txt': [expect.any(Array), sha('content')] });
    // Whatever is remembered is believed while the stamp is the same, in a moved project as well.
    const moved = `${project}-moved`;
    writeFileSync(at('.dnw/file-hashes.json'), JSON.stringify(memo()).replace(sha('content'), 'remembered'));
    renameSync(project, moved);
    project = moved;
    expect(await hashed('a.txt')).toBe('remembered');
    // The time of the last change of a file's entry cannot be set: another content of the same size and time is seen.
    const { atime, mtime } = statSync(at('a.txt'));
    vi.useRealTimers();
    writeFileSync(at('a.txt'), 'CONTENT');
    utimesSync(at('a.txt'), atime, mtime);
    expect(await hashed('a.txt')).toBe(sha('CONTENT'));
    rmSync(moved, { recursive: true });
  });

  test('of files that have just been written are not remembered: the next change may leave the same stamp', async () => {
    writeFileSync(at('a.txt'), 'content');
    await hashed('a.txt');
    expect(() => memo()).toThrow(/ENOENT/);
  });

  test('do without a damaged memo', async () => {
    writeFileSync(at('a.txt'), 'content');
    aMinuteLater();
    await hashed('a.txt');
    for (const damage of ['', '{', '{"version":1}', '{"version":0,"files":{"a.txt":[[0,0,0],"x"]}}', '[]']) {
      writeFileSync(at('.dnw/file-hashes.json'), damage);
      expect(await hashed('a.txt')).toBe(sha('content'));
      expect(memo().files['a.txt'][1]).toBe(sha('content'));
    }
  });

  test('tell a file that has changed since', async () => {
    writeFileSync(at('a.txt'), 'content');
    const hashes = await FileHashes.open(project);
    await hashes.of(at('a.txt'));
    await hashes.confirm(at('a.txt'));
    writeFileSync(at('a.txt'), 'longer content');
    await expect(hashes.confirm(at('a.txt'))).rejects.toThrow(/a\.txt: changed while/);
  });
});

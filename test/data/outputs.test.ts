import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { encodePng } from '../../src/data/images.ts';
import { checkOutputs, writeOutput } from '../../src/data/outputs.ts';
import { isOwnFile, markPng } from '../../src/data/own-files.ts';
import { pngNames } from '../../src/data/translation-files.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const picture = () => encodePng({ width: 2, height: 1, data: Float32Array.of(-1, 0, 1, 1, 0, -1) });

describe('the mark of a file of this program', () => {
  test('does not change the picture, and is of its content alone', async () => {
    const folder = temporaryFolder();
    const [own, foreign, edited] = ['own', 'foreign', 'edited'].map((name) => join(folder, `${name}.png`));
    const png = await picture();
    const marked = markPng(png);
    writeFileSync(own!, marked);
    writeFileSync(foreign!, png);
    writeFileSync(edited!, marked.with(marked.length - 20, marked.at(-20)! ^ 1));
    expect(await sharp(marked).raw().toBuffer()).toEqual(await sharp(png).raw().toBuffer());
    expect((await sharp(marked).metadata()).comments).toEqual([
      { keyword: 'denoised-weights', text: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(await Promise.all([own!, foreign!, edited!].map(isOwnFile))).toEqual([true, false, false]);
  });

  test('is lost by any change of a byte', async () => {
    const marked = markPng(await picture());
    const path = join(temporaryFolder(), 'a.png');
    await fc.assert(
      fc.asyncProperty(fc.nat(marked.length - 1), fc.integer({ min: 1, max: 255 }), async (place, change) => {
        writeFileSync(path, marked.with(place, marked[place]! ^ change));
        expect(await isOwnFile(path)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});

describe('writing where a user wants it', () => {
  test('never replaces what this program did not write', async () => {
    const [folder, staging] = [temporaryFolder(), temporaryFolder()];
    const marked = markPng(await picture());
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('a.png', 'b.safetensors', 'c'),
        fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.constant(Buffer.from('photograph'))),
        async (name, content) => {
          const path = join(folder, name);
          writeFileSync(path, content);
          await expect(writeOutput(path, marked, staging)).rejects.toThrow(`${name} already exists`);
          expect(readFileSync(path)).toEqual(Buffer.from(content));
        },
      ),
      { numRuns: 30 },
    );
    expect(readdirSync(staging)).toEqual([]);
  });

  test('replaces what it wrote, and leaves nothing else', async () => {
    const [folder, staging] = [join(temporaryFolder(), 'deep', 'er'), temporaryFolder()];
    const path = join(folder, 'a.png');
    const marked = markPng(await picture());
    for (let time = 0; time < 2; time++) await writeOutput(path, marked, staging);
    expect(readFileSync(path)).toEqual(marked);
    expect([readdirSync(folder), readdirSync(staging)]).toEqual([['a.png'], []]);
  });

  test.each(['a link', 'a link to nothing', 'a folder'])('does not replace %s', async (what) => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.png');
    writeFileSync(join(folder, 'own.png'), markPng(await picture()));
    if (what === 'a folder') mkdirSync(path);
    else symlinkSync(join(folder, what === 'a link' ? 'own.png' : 'nothing.png'), path);
    const output = { named: '--output out', kind: 'folder', files: [path] } as const;
    await expect(checkOutputs(output, [])).rejects.toThrow(/^--output out: .*a\.png already exists/);
  });
});

test('two images never share the name of their translation, which is that of an image alone', () => {
  expect(pngNames(['a.jpg', 'a.png', 'b.webp'])).toEqual(['a.jpg.png', 'a.png.png', 'b.png']);
  expect(pngNames(['A.jpg', 'a.jpg.tif', 'a.png'])).toEqual(['A.jpg-2.png', 'a.jpg.png', 'a.png.png']);
  const name = fc
    .tuple(
      fc.constantFrom('a', 'A', 'a.jpg', 'é', 'e\u0301', 'a-2', 'a.png-2'),
      fc.constantFrom('jpg', 'JPG', 'png'),
    )
    .map((parts) => parts.join('.'));
  fc.assert(
    fc.property(fc.uniqueArray(name), (names) => {
      const written = pngNames(names);
      const onAnyDisk = new Set(written.map((one) => one.normalize('NFC').toLowerCase()));
      expect(onAnyDisk.size).toBe(names.length);
      expect(written.every((one) => one.endsWith('.png') && basename(one) === one)).toBe(true);
    }),
  );
});

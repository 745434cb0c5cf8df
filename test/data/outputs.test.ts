import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { encodePng } from '../../src/data/images.ts';
import { checkOutputs, writeOutput } from '../../src/data/outputs.ts';
import { isMadeFrom, isOwnFile, markFile } from '../../src/data/own-files.ts';
import { translationNames } from '../../src/data/translation-files.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const marks = (file: Buffer, recipe?: string) => Buffer.concat(markFile(file, recipe));
const picture = () => encodePng({ width: 2, height: 1, data: Float32Array.of(-1, 0, 1, 1, 0, -1) });

const encoded = (format: 'png' | 'jpeg' | 'webp') =>
  sharp({ create: { width: 5, height: 3, channels: 3, background: '#a03010' } })
    .withExif({ IFD0: { Software: 'test' } })
    .toFormat(format)
    .toBuffer();

describe.each(['png', 'jpeg', 'webp'] as const)('the mark of a %s file of this program', (format) => {
  test('does not change the picture, and is of its content alone', async () => {
    const folder = temporaryFolder();
    const [own, foreign, edited] = ['own', 'foreign', 'edited'].map((name) => join(folder, name));
    const file = await encoded(format);
    const marked = marks(file);
    writeFileSync(own!, marked);
    writeFileSync(foreign!, file);
    writeFileSync(edited!, marked.with(marked.length - 20, marked.at(-20)! ^ 1));
    const strict = (bytes: Buffer) => sharp(bytes, { failOn: 'warning' });
    expect(await strict(marked).raw().toBuffer()).toEqual(await strict(file).raw().toBuffer());
    expect((await strict(marked).metadata()).exif).toEqual((await strict(file).metadata()).exif);
    expect(await Promise.all([own!, foreign!, edited!].map(isOwnFile))).toEqual([true, false, false]);
  });

  test('is lost by any change of a byte', async () => {
    const marked = marks(await encoded(format), 'recipe');
    const path = join(temporaryFolder(), 'a');
    await fc.assert(
      fc.asyncProperty(fc.nat(marked.length - 1), fc.integer({ min: 1, max: 255 }), async (place, change) => {
        writeFileSync(path, marked.with(place, marked[place]! ^ change));
        expect(await isOwnFile(path)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test('says what the picture was made from', async () => {
    const folder = temporaryFolder();
    const [made, plain, changed] = ['made', 'plain', 'changed'].map((name) => join(folder, name));
    const file = await encoded(format);
    const recipe = 'a'.repeat(64);
    const marked = marks(file, recipe);
    writeFileSync(made!, marked);
    writeFileSync(plain!, marks(file));
    writeFileSync(changed!, marked.with(marked.length - 1, marked.at(-1)! ^ 1));
    expect(await isOwnFile(made!)).toBe(true);
    expect(await isMadeFrom(made!, recipe)).toBe(true);
    expect(await isMadeFrom(made!, 'b'.repeat(64))).toBe(false);
    expect(await isMadeFrom(plain!, recipe)).toBe(false);
    expect(await isMadeFrom(changed!, recipe)).toBe(false);
    expect(await isMadeFrom(join(folder, 'nothing'), recipe)).toBe(false);
  });
});

test('a PNG file of an earlier version is still one of ours', async () => {
  const png = await picture();
  const hash = createHash('sha256').update(png).digest('hex');
  const marked = marks(png);
  // Signature and IHDR take 33 bytes; the mark is a tEXt chunk with the keyword, a zero and the hash.
  expect(marked.subarray(33 + 8, 33 + 8 + 81).toString('latin1')).toBe(`denoised-weights\0${hash}`);
});

describe('writing where a user wants it', () => {
  test('never replaces what this program did not write', async () => {
    const [folder, staging] = [temporaryFolder(), temporaryFolder()];
    const marked = marks(await picture());
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
    const marked = marks(await picture());
    for (let time = 0; time < 2; time++) await writeOutput(path, marked, staging);
    expect(readFileSync(path)).toEqual(marked);
    expect([readdirSync(folder), readdirSync(staging)]).toEqual([['a.png'], []]);
  });

  test.each(['a link', 'a link to nothing', 'a folder'])('does not replace %s', async (what) => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.png');
    writeFileSync(join(folder, 'own.png'), marks(await picture()));
    if (what === 'a folder') mkdirSync(path);
    else symlinkSync(join(folder, what === 'a link' ? 'own.png' : 'nothing.png'), path);
    const output = { named: '--output out', kind: 'folder', files: [path] } as const;
    await expect(checkOutputs(output, [])).rejects.toThrow(/^--output out: .*a\.png already exists/);
  });
});

test('two images never share the name of their translation, which is that of an image alone', () => {
  expect(translationNames(['a.jpg', 'a.png', 'b.webp'], 'png')).toEqual(['a.jpg.png', 'a.png.png', 'b.png']);
  expect(translationNames(['A.jpg', 'a.jpg.tif', 'a.png'], 'png')).toEqual([
    'A.jpg-2.png',
    'a.jpg.png',
    'a.png.png',
  ]);
  const name = fc
    .tuple(
      fc.constantFrom('a', 'A', 'a.jpg', 'é', 'e\u0301', 'a-2', 'a.png-2'),
      fc.constantFrom('jpg', 'JPG', 'png'),
    )
    .map((parts) => parts.join('.'));
  fc.assert(
    fc.property(fc.uniqueArray(name), (names) => {
      const written = translationNames(names, 'png');
      const onAnyDisk = new Set(written.map((one) => one.normalize('NFC').toLowerCase()));
      expect(onAnyDisk.size).toBe(names.length);
      expect(written.every((one) => one.endsWith('.png') && basename(one) === one)).toBe(true);
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchImages, type NamedImage } from '../../src/project/files/match-names.ts';

const images = (names: readonly string[], folder: string): NamedImage[] =>
  names.map((name) => ({ name, path: `/${folder}/${name}` }));

function match(sources: readonly string[], targets: readonly string[]) {
  const { pairs, ambiguous, loneSources, loneTargets } = matchImages(
    images(sources, 'src'),
    images(targets, 'tgt'),
  );
  return {
    pairs: pairs.map(({ source, target }) => [source.name, target.name]),
    ambiguous: ambiguous.map(({ source, reason }) => [source.name, reason]),
    lone: [...loneSources, ...loneTargets].map(({ path }) => path),
  };
}

test.each([
  // Two sources, one target: the source of the same full name has it.
  [['a.jpg', 'a.png'], ['a.png'], [['a.png', 'a.png']], ['a.jpg']],
  [['a.jpg', 'a.png'], ['a.JPG'], [['a.jpg', 'a.JPG']], ['a.png']],
  [['a.jpg', 'a.png'], ['a.webp'], [], ['a.jpg', 'a.png']],
  [['a.jpg', 'a.JPG'], ['a.Jpg'], [], ['a.jpg', 'a.JPG']],
  // Both sides have several: full names decide, if they leave no target over.
  [
    ['a.jpg', 'a.png'],
    ['a.jpg', 'a.png'],
    [
      ['a.jpg', 'a.jpg'],
      ['a.png', 'a.png'],
    ],
    [],
  ],
  [['a.png'], ['a.jpg', 'a.png'], [], ['a.png']],
  // Case and the form of Unicode, the nearest first.
  [['B.png'], ['b.jpg'], [['B.png', 'b.jpg']], []],
  [
    ['a.png', 'A.png'],
    ['a.jpg', 'A.jpg'],
    [
      ['a.png', 'a.jpg'],
      ['A.png', 'A.jpg'],
    ],
    [],
  ],
  [['Mu\u0308ller.png'], ['M\u00fcller.png'], [['Mu\u0308ller.png', 'M\u00fcller.png']], []],
  [['u\u0308/a.png'], ['\u00fc/A.JPG'], [['u\u0308/a.png', '\u00fc/A.JPG']], []],
  // Folders count, and a dot in one is no extension.
  [
    ['one/a.png', 'two/a.png'],
    ['one/a.png', 'two/a.png'],
    [
      ['one/a.png', 'one/a.png'],
      ['two/a.png', 'two/a.png'],
    ],
    [],
  ],
  [['v1.2/a'], ['v1.2/a.png'], [['v1.2/a', 'v1.2/a.png']], []],
])('%j and %j', (sources, targets, pairs, ambiguous) => {
  const found = match(sources, targets);
  expect(found.pairs).toEqual(pairs);
  expect(found.ambiguous.map(([name]) => name)).toEqual(ambiguous);
});

test('a source that is left out is told what shares its name', () => {
  expect(match(['a.jpg', 'a.png'], ['a.png']).ambiguous).toEqual([
    ['a.jpg', 'several source images have this name: a.jpg, a.png'],
  ]);
  expect(match(['x/a.png'], ['x/a.jpg', 'x/a.tif']).ambiguous).toEqual([
    ['x/a.png', 'several edited images have this name: a.jpg, a.tif'],
  ]);
  expect(match(['a.png'], ['b.png']).lone).toEqual(['/src/a.png', '/tgt/b.png']);
});

/** The same by trying everything: slow, without tables. */
function slowMatch(sources: readonly string[], targets: readonly string[]): string[][] {
  const same = [
    (a: string, b: string) => a === b,
    (a: string, b: string) => a.normalize('NFC') === b.normalize('NFC'),
    (a: string, b: string) =>
      a.normalize('NFD').toLowerCase().normalize('NFC') === b.normalize('NFD').toLowerCase().normalize('NFC'),
  ];
  const stem = (name: string) => name.slice(0, name.lastIndexOf('.'));
  const pairs: string[][] = [];
  const gone = new Set<string>();
  for (const alike of same) {
    const settled: string[] = [];
    for (const source of sources) {
      if (gone.has(`s${source}`)) continue;
      const rivals = sources.filter((s) => !gone.has(`s${s}`) && alike(stem(s), stem(source)));
      const candidates = targets.filter((t) => !gone.has(`t${t}`) && alike(stem(t), stem(source)));
      if (candidates.length === 0) continue;
      settled.push(...rivals.map((s) => `s${s}`), ...candidates.map((t) => `t${t}`));
      if (rivals.length === 1 && candidates.length === 1) {
        pairs.push([source, candidates[0]!]);
        continue;
      }
      const owners = candidates.map((target) => {
        const full = same
          .map((equal) => rivals.filter((s) => equal(s, target)))
          .find((list) => list.length > 0);
        return full?.length === 1 ? full[0] : undefined;
      });
      if (owners.includes(undefined) || new Set(owners).size < owners.length) continue;
      const own = owners.indexOf(source);
      if (own >= 0) pairs.push([source, candidates[own]!]);
    }
    for (const name of settled) gone.add(name);
  }
  return pairs.sort();
}

const name = fc
  .tuple(
    fc.constantFrom('', 'x/', 'X/', 'u\u0308/', '\u00fc/'),
    fc.constantFrom('a', 'A', 'b', '\u00e9', 'e\u0301', '\u00c9'),
    fc.constantFrom('.png', '.PNG', '.jpg'),
  )
  .map((parts) => parts.join(''));

test('any two folders are matched as the slow matcher does, and no target twice', () => {
  const folder = fc.uniqueArray(name, { maxLength: 12 });
  fc.assert(
    fc.property(folder, folder, (sources, targets) => {
      const { pairs, ambiguous, lone } = match(sources, targets);
      expect([...pairs].sort()).toEqual(slowMatch(sources, targets));
      expect(new Set(pairs.map(([, target]) => target)).size).toBe(pairs.length);
      // Every source is used or accounted for.
      expect(pairs.length + ambiguous.length + lone.filter((path) => path.startsWith('/src/')).length).toBe(
        sources.length,
      );
    }),
    { numRuns: 500 },
  );
});

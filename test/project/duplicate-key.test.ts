import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duplicateKey } from '../../src/project/disk/duplicate-key.ts';

/** JSON in which an object may have a key twice, and whether one has. */
interface Written {
  readonly json: string;
  readonly repeats: boolean;
}

const blank = fc.constantFrom('', ' ', '\n\t');
// Few keys, so that many meet, and such that look like JSON themselves.
const key = fc.constantFrom('a', 'b', '"', '\\', '{"a":1', '}', ':', 'é', '__proto__');
const spelled = key.chain((text) =>
  fc.constantFrom(
    { text, json: JSON.stringify(text) },
    {
      text,
      json: `"${[...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`,
    },
  ),
);

const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(key, fc.integer(), fc.constant(null)).map((value) => ({
      json: JSON.stringify(value),
      repeats: false,
    })),
    fc.array(tie('written'), { maxLength: 3 }).map((items) => ({
      json: `[${items.map(({ json }) => json).join(',')}]`,
      repeats: items.some(({ repeats }) => repeats),
    })),
    fc.array(fc.tuple(spelled, blank, tie('written')), { maxLength: 4 }).map((entries) => ({
      json: `{${entries.map(([name, space, { json }]) => `${name.json}${space}:${space}${json}`).join(',')}}`,
      repeats:
        entries.some(([, , { repeats }]) => repeats) ||
        new Set(entries.map(([{ text }]) => text)).size < entries.length,
    })),
  ),
}));

test('is found at any depth and in any spelling, and only where there is one', () => {
  fc.assert(
    fc.property(written, ({ json, repeats }) => {
      JSON.parse(json);
      expect(duplicateKey(json) !== undefined).toBe(repeats);
    }),
    { numRuns: 500 },
  );
});

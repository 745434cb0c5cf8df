import fc from 'fast-check';
import { expect, it } from 'vitest';
import { grown } from '../../webview/run/growing.ts';

it('joins arrays, whatever was joined to them before', () => {
  const pieces = fc.array(fc.array(fc.integer(), { maxLength: 40 }), { maxLength: 12 });
  fc.assert(
    fc.property(pieces, fc.nat(11), (rows, branch) => {
      let whole: Float64Array = new Float64Array();
      const seen: { array: Float64Array; values: number[] }[] = [{ array: whole, values: [] }];
      for (const row of rows) {
        const values = [...seen.at(-1)!.values, ...row];
        whole = grown(whole, Float64Array.from(row));
        seen.push({ array: whole, values });
      }
      // An earlier array grows another way than it did.
      const early = seen[branch % seen.length]!;
      seen.push({ array: grown(early.array, Float64Array.of(7)), values: [...early.values, 7] });
      for (const { array, values } of seen) expect([...array]).toEqual(values);
    }),
  );
});

it('does not copy what is there already', () => {
  const first = grown(new Float64Array(), Float64Array.of(1));
  expect(grown(first, Float64Array.of(2)).buffer).toBe(first.buffer);
});

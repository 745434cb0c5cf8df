import { expect, test } from 'vitest';
import { inputChanges } from '../../src/project/runs/run-inputs.ts';

test('inputs that changed are named, and whether they are new or gone', () => {
  const was = { hashes: { base: 'a', zoo: 'b', 'weight-generator': 'c' } };
  expect(inputChanges(was, was)).toEqual([]);
  expect(
    inputChanges(was, { hashes: { zoo: 'd', 'weight-generator': 'c', 'feature-network': 'e' } }),
  ).toEqual(['base is gone', 'zoo', 'feature-network is new']);
});

import type { Frame } from 'playwright-core';
import { expect } from 'vitest';
import { controlsOf, walkThereAndBack } from './focus-walk.ts';

/**
 * Walks a page with the keyboard and expects to come to every control once, in the order of reading, each with a name
 * and an outline, and back again.
 * @param least controls that there have to be
 */
export async function expectWalkable(frame: Frame, least = 1): Promise<void> {
  const { stops, bare, back } = await walkThereAndBack(frame);
  expect(stops.filter(({ name }) => name === '')).toEqual([]);
  expect(stops.filter(({ disorder }) => disorder !== '')).toEqual([]);
  expect(bare, 'controls without a visible focus').toEqual([]);
  expect(stops.map(({ id }) => id).toSorted()).toEqual((await controlsOf(frame)).toSorted());
  expect(stops.length).toBeGreaterThanOrEqual(least);
  const inGroup = new Map(stops.map(({ id, group }) => [id, group]));
  expect(back.filter((id) => inGroup.get(id) === '')).toEqual(
    stops.filter(({ group }) => group === '').map(({ id }) => id),
  );
}

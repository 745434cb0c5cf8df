import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as fake from './fake-vscode.ts';

vi.mock('vscode', () => fake);

const { SteadyItems } = await import('../../src/extension/steady-items.ts');

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

interface Plant {
  readonly id: string;
  readonly height: number;
  readonly note?: string;
  readonly branches?: readonly Plant[];
}

/** A tree as a view keeps it, and what each update of it was about. */
function shownTree(...first: Plant[]) {
  const changed = new fake.EventEmitter<undefined>();
  let plants = first;
  const items = new SteadyItems<Plant>({
    onDidChangeTreeData: changed.event as never,
    getChildren: (parent) => structuredClone((parent ? parent.branches : plants) ?? []) as Plant[],
    getTreeItem: ({ id, height }) => Object.assign(new fake.TreeItem(`${height} m`), { id }) as never,
  });
  const updates: (Plant[] | undefined)[] = [];
  items.onDidChangeTreeData((update) => updates.push(update));
  const become = (...next: Plant[]) => {
    plants = next;
    changed.fire(undefined);
    vi.runAllTimers();
  };
  return { items, updates, become, change: () => changed.fire(undefined) };
}

test('a row that shows something else is updated alone, as the element that the view knows', () => {
  const { items, updates, become } = shownTree({ id: 'a', height: 1 }, { id: 'b', height: 2, note: 'old' });
  const [a, b] = items.getChildren();
  become({ id: 'a', height: 1 }, { id: 'b', height: 3 });
  expect(updates).toHaveLength(1);
  expect(updates[0]).toHaveLength(1);
  expect(updates[0]![0]).toBe(b);
  // The element is up to date, and has nothing left of before.
  expect(b).toEqual({ id: 'b', height: 3 });
  expect(items.getTreeItem(b!)).toMatchObject({ id: 'b', label: '3 m' });
  expect(items.getChildren()[0]).toBe(a);
  expect(items.getChildren()[1]).toBe(b);
});

test('what does not show updates nothing, and the element has it all the same', () => {
  const { items, updates, become } = shownTree({ id: 'a', height: 1 });
  const [a] = items.getChildren();
  become({ id: 'a', height: 1, note: 'new' });
  expect(updates).toEqual([]);
  expect(a).toMatchObject({ note: 'new' });
});

test('a row below another is updated alone, and both where the row is another one', () => {
  const tree = (...branches: Plant[]): Plant => ({ id: 'a', height: 1, branches });
  const { items, updates, become } = shownTree(tree({ id: 'a/1', height: 4 }), { id: 'b', height: 2 });
  const [a] = items.getChildren();
  const [branch] = items.getChildren(a);
  become(tree({ id: 'a/1', height: 5 }), { id: 'b', height: 2 });
  expect(updates).toHaveLength(1);
  expect(updates[0]![0]).toBe(branch);
  become(tree({ id: 'a/2', height: 5 }), { id: 'b', height: 2 });
  expect(updates).toHaveLength(2);
  expect(updates[1]![0]).toBe(a);
  expect(items.getChildren(a)).toEqual([{ id: 'a/2', height: 5 }]);
});

test('what lies below a row that was never opened is not looked at', () => {
  const { items, updates, become } = shownTree({ id: 'a', height: 1, branches: [{ id: 'a/1', height: 4 }] });
  items.getChildren();
  become({ id: 'a', height: 1, branches: [{ id: 'a/1', height: 5 }] });
  expect(updates).toEqual([]);
});

test.each<[string, Plant[]]>([
  [
    'added',
    [
      { id: 'c', height: 1 },
      { id: 'a', height: 1 },
      { id: 'b', height: 2 },
    ],
  ],
  ['removed', [{ id: 'b', height: 2 }]],
  [
    'replaced',
    [
      { id: 'a', height: 1 },
      { id: 'c', height: 2 },
    ],
  ],
  [
    'moved',
    [
      { id: 'b', height: 2 },
      { id: 'a', height: 1 },
    ],
  ],
])('a row that is %s updates all rows', (_, next) => {
  const { items, updates, become } = shownTree({ id: 'a', height: 1 }, { id: 'b', height: 2 });
  items.getChildren();
  become(...next);
  expect(updates).toEqual([undefined]);
  expect(items.getChildren()).toEqual(next);
});

test('the first of many changes is shown at once, and the others together', () => {
  const { updates, change } = shownTree({ id: 'a', height: 1 });
  for (let time = 0; time < 5; time++) change();
  expect(updates).toEqual([undefined]);
  vi.runAllTimers();
  expect(updates).toEqual([undefined, undefined]);
});

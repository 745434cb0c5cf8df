import { expect, test, vi } from 'vitest';
import * as fake from './fake-vscode.ts';

vi.mock('vscode', () => fake);

const { RunTree } = await import('../../src/extension/runs/run-tree.ts');

const run = (id: string, state: string) =>
  ({ project: '/p', id, folder: `/p/runs/${id}`, state, status: {}, stopping: false }) as never;

/** A tree as the view keeps it: what each update was about, and the rows that it knows. */
function shownTree() {
  const changed = new fake.EventEmitter<readonly { run: never }[]>();
  let runs: { id: string; state: string }[] = [];
  const store = {
    onDidChange: changed.event,
    get runs() {
      return runs;
    },
    get: (_: string, id: string) => runs.find((run) => run.id === id),
  };
  const tree = new RunTree(store as never);
  const updates: unknown[] = [];
  tree.onDidChangeTreeData((update) => updates.push(update));
  const become = (...next: never[]) => {
    const before = runs;
    runs = next;
    changed.fire(next.filter((run) => !before.includes(run)).map((run) => ({ run })));
  };
  return { tree, updates, become };
}

test('a run that goes on updates its own row alone, as the element that the view knows', () => {
  const { tree, updates, become } = shownTree();
  become(run('b', 'running'), run('a', 'running'));
  const [first, second] = tree.getChildren();
  become(run('b', 'running'), run('a', 'succeeded'));
  expect(updates.slice(1)).toHaveLength(1);
  const [updated, ...others] = updates[1] as unknown[];
  expect(updated).toBe(second);
  expect(others).toEqual([]);
  expect(tree.getTreeItem(second!)).toMatchObject({ id: '/p/runs/a', contextValue: 'run.ended' });
  expect(tree.getChildren()).toEqual([first, second]);
});

test('what does not show in its row updates nothing', () => {
  const { tree, updates, become } = shownTree();
  become(run('a', 'running'));
  tree.getChildren();
  become(run('a', 'running'));
  expect(updates).toHaveLength(1);
});

test.each([
  ['added', [run('c', 'queued'), run('b', 'running'), run('a', 'running')]],
  ['deleted', [run('a', 'running')]],
  ['replaced', [run('c', 'queued'), run('a', 'running')]],
])('a run that is %s updates all rows', (_, next) => {
  const { tree, updates, become } = shownTree();
  become(run('b', 'running'), run('a', 'running'));
  tree.getChildren();
  become(...next);
  expect(updates.at(-1)).toBeUndefined();
  expect(tree.getChildren().map(({ id }) => id)).toEqual(next.map(({ id }: { id: string }) => id));
});

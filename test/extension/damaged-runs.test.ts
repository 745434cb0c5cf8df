import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { headerOf } from '../../src/extension/panels/run/run-view-state.ts';
import { isResumable } from '../../src/extension/runs/run-state.ts';
import { RunStore } from '../../src/extension/runs/run-store.ts';
import { RunTree } from '../../src/extension/runs/run-tree.ts';
import { runText } from '../../src/extension/tools/run-text.ts';
import type { RunRecord } from '../../src/protocol/run.ts';
import { temporaryProject } from '../project/temporary-project.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const RECORD: RunRecord = {
  version: 1,
  id: 'r',
  stage: 'fine-tune',
  name: 'snow',
  created: 1,
  training: 'fast.training.yaml',
  concept: 'snow',
  seed: 3,
  config: { seed: 3 },
  options: {},
  versions: { dnw: '0.1.0', node: '24.0.0' },
  hashes: { base: 'b1' },
};

test.each([
  ['owner-1.json', '{"pid":"none"}', 'it does not say which process works on this run'],
  ['owner-7e5.json', '{}', 'no process of this run has such a number'],
])(
  'a run with a damaged %s is shown as damaged, as the engine says it, and not as resumable',
  async (name, text, reason) => {
    const project = await temporaryProject({
      'runs/r/run.json': JSON.stringify(RECORD),
      [`runs/r/${name}`]: text,
    });
    const projects = { projects: [{ folder: project }], loaded: true, onDidChange: () => ({ dispose() {} }) };
    const store = new RunStore(projects as never, { warn() {} } as never);
    try {
      await store.refresh();
      const [run] = store.runs;
      expect(run?.damage).toContain(`${join(project, 'runs/r', name)}: ${reason}`);
      expect(run?.damage).toMatch(/elete this file\. \[DNW-\d+\]$/);
      expect(isResumable(run!)).toBe(false);
      const item = new RunTree(store).getTreeItem(run!);
      expect(item.description).toBe('damaged');
      expect(item.contextValue).toBe('run.ended');
      expect(headerOf(run as never)).toMatchObject({ error: run!.damage, resumable: false });
      expect(runText(run!)).toContain(`State: damaged\nError: ${run!.damage}`);
      // With the remedy that it names, the run goes on.
      rmSync(join(project, 'runs/r', name));
      await store.refresh();
      expect(store.runs[0]).toMatchObject({ damage: undefined });
    } finally {
      store.dispose();
    }
  },
);

test.each([
  ['is shown as damaged where its result is', '{"status":', { state: 'interrupted', damaged: true }],
  [
    'has succeeded where only its last event is missing',
    '{"status":"succeeded"}',
    { state: 'succeeded', damaged: false },
  ],
])('a run whose process was killed %s', async (_, result, expected) => {
  const project = await temporaryProject({
    'runs/r/run.json': JSON.stringify(RECORD),
    'runs/r/result.json': result,
    'runs/r/events.jsonl': '{"type":"fini',
  });
  const projects = { projects: [{ folder: project }], loaded: true, onDidChange: () => ({ dispose() {} }) };
  const store = new RunStore(projects as never, { warn() {} } as never);
  try {
    await store.refresh();
    const [run] = store.runs;
    expect({ state: run!.state, damaged: run!.damage !== undefined }).toEqual(expected);
    expect(run!.damage ?? '').toContain(
      expected.damaged ? `${join(project, 'runs/r/result.json')}: damaged` : '',
    );
    expect(isResumable(run!)).toBe(false);
  } finally {
    store.dispose();
  }
});

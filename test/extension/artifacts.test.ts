import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readArtifacts } from '../../src/extension/artifacts/project-artifacts.ts';
import { conceptProgress } from '../../src/extension/concepts/concept-stage.ts';
import type { Run } from '../../src/extension/runs/run-state.ts';
import { NO_STATUS } from '../../src/extension/runs/run-status.ts';
import type { RunRecord } from '../../src/protocol/run.ts';

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'artifacts-'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

/** @param modified seconds since the Unix epoch */
function make(file: string, modified = 1_000_000): void {
  const path = join(project, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  utimesSync(path, modified, modified);
}

const concept = (name: string) => ({ name, path: join(project, 'concepts', `${name}.concept.yaml`) });

function run(id: string, more: Partial<Run> & { concept?: string }): Run {
  const record = {
    stage: 'fine-tune',
    name: 'snow',
    ...(more.concept && { concept: `concepts/${more.concept}.concept.yaml` }),
  } as RunRecord;
  return {
    project,
    id,
    folder: join(project, 'runs', id),
    state: 'succeeded',
    status: NO_STATUS,
    stopping: false,
    record,
    ...more,
  };
}

test('an empty project has nothing', async () => {
  const made = await readArtifacts(project);
  expect(conceptProgress(project, concept('snow'), made, [])).toEqual({
    made: {},
    furthest: undefined,
    active: undefined,
    measured: undefined,
    pictured: undefined,
  });
});

test('finds what every stage has made, the newest zoo first', async () => {
  make('base/fast.safetensors');
  make('weight-generators/fast.safetensors');
  make('zoo/aaaaaaaaaaaa/snow.safetensors', 1_000_000);
  make('zoo/bbbbbbbbbbbb/snow.safetensors', 2_000_000);
  make('zoo/bbbbbbbbbbbb/fog.safetensors', 2_000_000);
  make('zoo/bbbbbbbbbbbb/notes.txt');
  make('weights/snow/denoised.safetensors');
  const made = await readArtifacts(project);
  expect([...made.bases.keys()]).toEqual(['fast']);
  expect([...made.weightGenerators.keys()]).toEqual(['fast']);
  expect(made.zoo.map(({ baseHash, members }) => [baseHash, [...members.keys()]])).toEqual([
    ['bbbbbbbbbbbb', ['fog', 'snow']],
    ['aaaaaaaaaaaa', ['snow']],
  ]);
  expect(made.denoised.get('snow')).toEqual({
    file: 'weights/snow/denoised.safetensors',
    modified: 1e9,
    size: 0,
  });
});

test('a concept whose name begins with another’s keeps its own pairs', async () => {
  make('.dnw/pairs/snow-0123abcd.safetensors', 1);
  make('.dnw/pairs/snow-4567abcd.safetensors', 2);
  make('.dnw/pairs/snow-heavy-89abcdef.safetensors', 3);
  const { pairs } = await readArtifacts(project);
  expect(pairs.get('snow')?.file).toBe('.dnw/pairs/snow-4567abcd.safetensors');
  expect(pairs.get('snow-heavy')?.file).toBe('.dnw/pairs/snow-heavy-89abcdef.safetensors');
});

test('a concept is as far as the last stage that it has, whatever it skipped', async () => {
  make('.dnw/pairs/snow-0123abcd.safetensors');
  make('weights/snow/denoised.safetensors');
  const made = await readArtifacts(project);
  expect(conceptProgress(project, concept('snow'), made, []).furthest).toBe('denoised');
  expect(conceptProgress(project, concept('fog'), made, []).furthest).toBeUndefined();
});

test('a run over the zoo counts as active on the concept that it works on now', async () => {
  const made = await readArtifacts(project);
  const status = {
    ...NO_STATUS,
    progress: { message: 'collecting fog', done: 3, total: 24, unit: 'concepts' as const, concept: 'fog' },
  };
  const collecting = run('2', { state: 'running', status });
  const ended = run('1', {
    concept: 'snow',
    status: { ...NO_STATUS, metrics: { step: 9, values: { 'loss/l1': 0.1 } } },
  });
  const runs = [collecting, ended];
  expect(conceptProgress(project, concept('fog'), made, runs).active).toBe(collecting);
  expect(conceptProgress(project, concept('snow'), made, runs)).toMatchObject({
    active: undefined,
    measured: ended,
  });
});

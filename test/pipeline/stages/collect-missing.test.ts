import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../../src/pipeline/stages/collect.ts';
import { DiskView } from '../../../src/project/disk/disk-view.ts';
import { loadProject } from '../../../src/project/load.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import { zooStates } from '../../../src/project/zoo/zoo-status.ts';
import { makeProject, SMALL_NETWORKS, writeConcept } from '../../engine/example-project.ts';
import { recordedRun } from '../recorded-run.ts';
import { saveUntrainedBase } from '../untrained-base.ts';

const config = (steps: number) => `${SMALL_NETWORKS}seed: 3
lora: {train: both, bias: false}
collect: {steps: ${steps}, warmup: 0, batchSize: 2, checkpoints: 1}
evaluate: {images: 2}
`;

let folder: string;
let hash: string;

beforeAll(async () => {
  folder = await makeProject();
  writeConcept(folder, 'sepia', 'make it sepia');
  writeFileSync(join(folder, 'tiny.training.yaml'), config(2));
  const project = await loadProject(folder);
  const training = project.trainings[0]!;
  hash = (await saveUntrainedBase(project, training, ['fog'])).hash;
  expect(await collectNow({})).toEqual(['fog', 'sepia', 'snow']);
});

/** Collects as the command does, and gives the names of the concepts that were. */
async function collectNow(options: { missing?: boolean }, resume = false): Promise<string[]> {
  const project = await loadProject(folder);
  expect(project.problems).toEqual([]);
  const run = join(folder, 'runs', 'test');
  mkdirSync(run, { recursive: true });
  const { context, events } = recordedRun({ project, training: project.trainings[0]!, options }, run);
  const { status } = await collect({ ...context, resume });
  expect(status).toBe('succeeded');
  return events.flatMap((event) =>
    event.type === 'artifact' && event.kind === 'zoo-member' ? [event.concept!] : [],
  );
}

async function states() {
  const project = await loadProject(folder);
  const found = await zooStates(project, project.trainings[0]!, hash, new DiskView());
  return Object.fromEntries([...found].map(([{ name }, state]) => [name, state]));
}

const member = (concept: string) => projectPaths(folder).zooMember(hash, concept);
const CURRENT = { state: 'current' };

describe('collecting what is missing', () => {
  test('leaves a zoo alone that is complete and fits', async () => {
    expect(await states()).toEqual({ fog: CURRENT, sepia: CURRENT, snow: CURRENT });
    expect(await collectNow({ missing: true })).toEqual([]);
  });

  test('collects a member that is gone and one whose concept was changed, and no other', async () => {
    const untouched = statSync(member('snow')).mtimeMs;
    rmSync(member('fog'));
    writeConcept(folder, 'sepia', 'an old photograph');
    expect(await states()).toEqual({
      fog: { state: 'missing' },
      sepia: { state: 'stale', reasons: [{ what: 'prompt' }] },
      snow: CURRENT,
    });
    expect(await collectNow({ missing: true })).toEqual(['fog', 'sepia']);
    expect(await states()).toEqual({ fog: CURRENT, sepia: CURRENT, snow: CURRENT });
    expect(statSync(member('snow')).mtimeMs).toBe(untouched);
  });

  test('collects all whose training would be another now', async () => {
    writeFileSync(join(folder, 'tiny.training.yaml'), config(3));
    expect((await states()).fog).toEqual({
      state: 'stale',
      reasons: [{ what: 'setting', key: 'collect.steps', was: '2', now: '3' }],
    });
    expect(await collectNow({ missing: true })).toEqual(['fog', 'sepia', 'snow']);
  });

  test('collects a member whose file is damaged', async () => {
    writeFileSync(member('snow'), 'not a safetensors file');
    expect(await collectNow({ missing: true })).toEqual(['snow']);
  });
});

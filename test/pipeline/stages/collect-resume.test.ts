import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeEach, describe, expect, test } from 'vitest';
import { collect } from '../../../src/pipeline/stages/collect.ts';
import type { BaseModel } from '../../../src/pipeline/weights/base-model.ts';
import { saveBase } from '../../../src/pipeline/weights/base-model.ts';
import { loadProject } from '../../../src/project/load.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import { makeProject, SMALL_NETWORKS, writeConcept } from '../../engine/example-project.ts';
import { recordedRun } from '../recorded-run.ts';
import { saveUntrainedBase } from '../untrained-base.ts';

const CONFIG = `${SMALL_NETWORKS}collect: {steps: 3, batchSize: 2, checkpoints: 1}
evaluate: {images: 2}
`;
const STEPS = 3;

let folder: string;
let run: string;
let base: BaseModel;

beforeEach(async () => {
  folder = await makeProject();
  writeFileSync(join(folder, 'tiny.training.yaml'), CONFIG);
  for (let i = 0; i < 6; i++) await picture(i, 10 * i);
  run = join(folder, 'runs', 'test');
  mkdirSync(run, { recursive: true });
  const project = await loadProject(folder);
  base = await saveUntrainedBase(project, project.trainings[0]!, ['fog']);
});

/** A picture of one gray, whose file is as large as that of any other gray. */
async function picture(index: number, gray: number): Promise<string> {
  rmSync(join(folder, 'images', `wave-${index}.png`), { force: true });
  const file = join(folder, 'images', `${index}.tif`);
  const create = { width: 32, height: 32, channels: 3, background: { r: gray, g: gray, b: gray } } as const;
  await sharp({ create }).tiff({ compression: 'none' }).toFile(file);
  return file;
}

/** Collects, and stops before the step of this number, counted over all concepts. */
async function collectUntil(stop: number, resume: boolean): Promise<string[]> {
  const project = await loadProject(folder);
  const { context, events } = recordedRun({ project, training: project.trainings[0]! }, run);
  let steps = 0;
  const counting = { ...context, resume, shouldStop: () => steps >= stop };
  counting.run = {
    folder: run,
    emit: (event) => {
      if (event.type === 'progress' && event.unit === 'steps') steps++;
      context.run.emit(event);
    },
  };
  await collect(counting);
  return events.flatMap((event) =>
    event.type === 'artifact' && event.kind === 'zoo-member' ? [event.concept!] : [],
  );
}

describe('a stopped collect that is resumed', () => {
  test('refuses a checkpoint of other pixels, though the files are as large as before', async () => {
    expect(await collectUntil(STEPS + 1, false)).toEqual(['fog']);
    const size = statSync(join(folder, 'images', '3.tif')).size;
    const file = await picture(3, 200);
    expect(statSync(file).size).toBe(size);
    // Later than any time in the cache of pairs.
    utimesSync(file, 2e9, 2e9);
    await expect(collectUntil(99, true)).rejects.toThrow(
      '1 of 2 concepts are collected, 1 failed: snow. Correct the cause, then collect them in a new run with --missing: it keeps the others. ' +
        `snow: ${join(run, 'snow.checkpoint.safetensors')}: changed since this training began: the pairs of snow. `,
    );
  });

  test('refuses a checkpoint of another base', async () => {
    await collectUntil(1, false);
    const project = await loadProject(folder);
    const { trained, frozen } = base.lora.initial(1);
    await saveBase(
      project,
      project.trainings[0]!,
      base,
      {
        generator: base.generator.initial(9),
        discriminator: base.discriminator.initial(3),
        loraFrozen: frozen,
        loraStart: trained,
      },
      { concepts: [], steps: 0 },
    );
    await expect(collectUntil(99, true)).rejects.toThrow('changed since this training began: the base. ');
  });

  test('collects a finished member again that is no longer in the zoo', async () => {
    await collectUntil(STEPS + 1, false);
    rmSync(projectPaths(folder).zooMember(base.hash, 'fog'));
    expect(await collectUntil(99, true)).toEqual(['fog', 'snow']);
  });

  test('says what to do where the record of a finished member is damaged', async () => {
    await collectUntil(STEPS + 1, false);
    const file = join(run, 'units', 'done', 'fog.json');
    writeFileSync(file, '[{');
    await expect(collectUntil(99, true)).rejects.toThrow(
      `${file}: damaged. Delete it and resume: fog is then done again.`,
    );
    rmSync(file);
    expect(await collectUntil(99, true)).toEqual(['fog', 'snow']);
  });

  test('goes on from the list of finished members that earlier versions kept', async () => {
    await collectUntil(STEPS + 1, false);
    rmSync(join(run, 'units'), { recursive: true });
    const file = join(run, 'collected.json');
    writeFileSync(file, '[{');
    await expect(collectUntil(99, true)).rejects.toThrow(
      `${file}: damaged. Delete it and resume: every concept is then collected again.`,
    );
    writeFileSync(file, JSON.stringify([{ concept: 'fog', psnr: 30 }]));
    expect(await collectUntil(99, true)).toEqual(['snow']);
  });
});

describe('concepts that fail', () => {
  const checkpointOf = (concept: string) => join(run, `${concept}.checkpoint.safetensors`);
  const damage = (concept: string) => writeFileSync(checkpointOf(concept), 'no checkpoint');
  const failures = () => readdirSync(join(run, 'units', 'failed'));

  test('are tried three times after the others, and alone when the run is resumed', async () => {
    await collectUntil(1, false);
    rmSync(checkpointOf('fog'));
    damage('snow');
    await expect(collectUntil(99, true)).rejects.toThrow(
      `1 of 2 concepts are collected, 1 failed: snow. To try again only what failed, use --resume. snow: ${checkpointOf('snow')}`,
    );
    expect(failures()).toEqual(['snow.1.json', 'snow.2.json', 'snow.3.json']);
    rmSync(checkpointOf('snow'));
    expect(await collectUntil(99, true)).toEqual(['snow']);
    expect(failures()).toEqual([]);
  });

  test('end a process that has not finished any, and leave the others to be tried elsewhere', async () => {
    for (const concept of ['negative', 'night', 'oil']) writeConcept(folder, concept, `make it ${concept}`);
    await collectUntil(1, false);
    for (const concept of ['fog', 'negative', 'night']) damage(concept);
    await expect(collectUntil(99, true)).rejects.toThrow(checkpointOf('night'));
    expect(failures()).toEqual(['fog.1.json', 'negative.1.json', 'night.1.json']);
    for (const concept of ['fog', 'negative', 'night']) rmSync(checkpointOf(concept));
    expect(await collectUntil(99, true)).toEqual(['fog', 'negative', 'night', 'oil', 'snow']);
  });
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALL_STAGES } from '../../src/pipeline/stages/all-stages.ts';
import { loadBase } from '../../src/pipeline/weights/base-model.ts';
import { loadProject } from '../../src/project/load.ts';
import { projectPaths } from '../../src/project/paths.ts';
import type { TrainingConfig } from '../../src/project/schema/training-schema.ts';
import { UserError } from '../../src/project/user-error.ts';
import type { Stage, StageOptions } from '../../src/protocol/stages.ts';
import { makeProject, writeConcept } from '../engine/example-project.ts';
import { stageContext } from './stage-context.ts';

test('a base that is missing is to be trained, in the editor or in a terminal', async () => {
  const project = await loadProject(await makeProject());
  await expect(loadBase(project, project.trainings[0]!)).rejects.toThrow(
    `tiny: no base generator yet (${projectPaths(project.folder).base('tiny')}). ` +
      'Train it first: "Train Base Generator" in the editor, or dnw train-base --training tiny',
  );
});

/** One step of everything, at the smallest sizes. */
const briefly = (config: TrainingConfig): TrainingConfig => ({
  ...config,
  image: { ...config.image, size: 16 },
  generator: { ...config.generator, channels: 4 },
  discriminator: { ...config.discriminator, channels: 4, layers: 1 },
  base: { ...config.base, steps: 1, batchSize: 1, warmup: 0 },
  collect: { ...config.collect, steps: 1, batchSize: 1, warmup: 0 },
  weightGenerator: { ...config.weightGenerator, channels: 4, embedding: 8, heads: 1, steps: 1, batchSize: 1 },
  fineTune: { ...config.fineTune, steps: 1, batchSize: 1, warmup: 0 },
});

test('whoever runs the command that each error names gets from an empty project to a translation', async () => {
  const folder = await makeProject();
  writeConcept(folder, 'dusk', 'the sun has set');
  const project = await loadProject(folder);
  const training = project.trainings[0]!;
  const done: string[] = [];

  /** Runs a stage; if it names a command, runs that first. */
  async function follow(stage: Stage, options: StageOptions): Promise<void> {
    const { context } = stageContext({ project, training }, options, briefly);
    for (let error = await errorOf(); error !== undefined; error = await errorOf()) {
      const [command, next, concept] = /dnw ([a-z-]+) --training tiny(?: --concept (\w+))?/.exec(error) ?? [];
      if (command === undefined) throw new Error(error);
      // The same command a second time is a circle.
      expect(done).not.toContain(command);
      done.push(command);
      await follow(next as Stage, concept === undefined ? {} : { concept });
    }

    async function errorOf(): Promise<string | undefined> {
      try {
        await ALL_STAGES.stages[stage](context as never);
        return undefined;
      } catch (error) {
        if (error instanceof UserError) return error.message;
        throw error;
      }
    }
  }

  const input = join(folder, 'images');
  await follow('translate', { concept: 'snow', input, output: join(folder, 'out') });
  expect(done).toEqual([
    'dnw train-base --training tiny',
    'dnw fine-tune --training tiny --concept snow',
    'dnw denoise --training tiny --concept snow',
    'dnw train-generator --training tiny',
    'dnw collect --training tiny',
  ]);
});

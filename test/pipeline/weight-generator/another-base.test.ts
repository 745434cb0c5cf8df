import { beforeAll, describe, expect, test } from 'vitest';
import { writeMember } from '../../../src/data/zoo.ts';
import { loadWeightGenerator } from '../../../src/pipeline/weight-generator/generator-file.ts';
import { warnOfZoo } from '../../../src/pipeline/weights/zoo-warnings.ts';
import { DiskView } from '../../../src/project/disk/disk-view.ts';
import { loadProject } from '../../../src/project/load.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import { ImageStamps } from '../../../src/project/zoo/image-stamps.ts';
import { memberInputs } from '../../../src/project/zoo/member-inputs.ts';
import { writeConcept } from '../../engine/example-project.ts';
import { makeTrainedProject, type TrainedProject } from '../../engine/trained-project.ts';
import { recordedRun } from '../recorded-run.ts';

let trained: TrainedProject;
beforeAll(async () => {
  trained = await makeTrainedProject();
});

test('a weight generator of another base says to train it again', async () => {
  const { project, training, base } = trained;
  const path = projectPaths(project.folder).weightGenerator(training.name);
  await expect(loadWeightGenerator(project, training, { ...base, hash: '11ae00000000' })).rejects.toThrow(
    `${path} belongs to base ${base.hash}, but the current base is 11ae00000000: it was trained again. ` +
      'Train the weight generator again: "Train Weight Generator" in the editor, or dnw train-generator --training tiny',
  );
  expect((await loadWeightGenerator(project, training, base)).prompts).toHaveLength(3);
});

describe('the zoo that a weight generator is trained on', () => {
  const COLLECT =
    'Collect the missing and stale members: "Collect Missing and Stale Members" in the editor, or dnw collect --training tiny --missing';

  async function warnings(): Promise<string[]> {
    const project = await loadProject(trained.project.folder);
    const { context, events } = recordedRun({ project, training: project.trainings[0]! });
    await warnOfZoo(context, trained.base.hash);
    return events.flatMap((event) => (event.type === 'log' ? [event.message] : []));
  }

  beforeAll(async () => {
    const { project, training, base, zoo } = trained;
    const stamps = new ImageStamps(new DiskView());
    for (const concept of project.concepts) {
      await writeMember(projectPaths(project.folder).zooMember(base.hash, concept.name), {
        concept: concept.name,
        prompt: concept.prompt,
        baseHash: base.hash,
        layout: base.lora.layout,
        steps: training.config.collect.steps,
        checkpoints: [zoo[concept.name]!],
        inputs: await memberInputs(concept, training, stamps),
      });
    }
  });

  test('is silent while every concept has a current member', async () => {
    expect(await warnings()).toEqual([]);
  });

  test('warns of members from another prompt, and of concepts without a member', async () => {
    writeConcept(trained.project.folder, 'fog', 'thin fog');
    writeConcept(trained.project.folder, 'sepia', 'an old photograph');
    expect(await warnings()).toEqual([
      `sepia has no weights: 3 of 4 concepts. ${COLLECT}`,
      `Collected from inputs that have changed since: fog (another prompt). ${COLLECT}`,
    ]);
  });
});

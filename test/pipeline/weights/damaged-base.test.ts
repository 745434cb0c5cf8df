import { expect, test } from 'vitest';
import { readSafetensors, type WritableTensor, writeSafetensors } from '../../../src/data/safetensors.ts';
import { trainBase } from '../../../src/pipeline/stages/train-base.ts';
import { loadBase } from '../../../src/pipeline/weights/base-model.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import { makeTrainedProject } from '../../engine/trained-project.ts';
import { stageContext } from '../stage-context.ts';

test('a base whose features of prompts cannot be read is refused, with what to do', async () => {
  const { context } = stageContext(await makeTrainedProject(), {}, (config) => ({
    ...config,
    lora: { ...config.lora, train: 'up' },
    base: { ...config.base, conditioning: 'text', steps: 1 },
  }));
  await trainBase(context);
  const { project, training } = context;
  const path = projectPaths(project.folder).base(training.name);
  const { tensors, metadata } = await readSafetensors(path);
  const extra = JSON.parse(metadata.extra!);
  expect(extra.features).toBeDefined();
  for (const features of [undefined, { mean: 'm' }, { mean: { length: { valueOf: 1, toString: 1 } } }]) {
    await writeSafetensors(path, Object.fromEntries(tensors) as Record<string, WritableTensor>, {
      ...metadata,
      extra: JSON.stringify({ ...extra, features }),
    });
    await expect(loadBase(project, training)).rejects.toThrow(
      `${path}: its features of prompts cannot be read. The file is damaged: train the base again.`,
    );
  }
});

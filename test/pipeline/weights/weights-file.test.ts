import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../../src/data/safetensors.ts';
import { loadBase } from '../../../src/pipeline/weights/base-model.ts';
import { listWeights, readChosenWeights, weightsFile } from '../../../src/pipeline/weights/chosen-weights.ts';
import {
  type ConceptWeights,
  generatorValuesOf,
  readWeights,
  writeWeights,
} from '../../../src/pipeline/weights/weights-file.ts';
import type { LoadedTraining } from '../../../src/project/load.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import { UserError } from '../../../src/project/user-error.ts';
import { plantValue, removeChecksum } from '../../data/planted-value.ts';
import { makeTrainedProject, type TrainedProject } from '../../engine/trained-project.ts';
import { normalValues } from '../../models/eager.ts';
import { temporaryFolder } from '../../temporary-folders.ts';

const REMEDY = 'Denoise them first.';

let trained: TrainedProject;
let lora: ConceptWeights;
let whole: ConceptWeights;

beforeAll(async () => {
  trained = await makeTrainedProject();
  const { base } = trained;
  const common = { concept: 'snow', prompt: 'make it snow', base: base.hash, seed: 3, steps: 20 };
  lora = { ...common, kind: 'lora', origin: 'denoised', values: normalValues(base.lora.layout.size, 11) };
  const values = normalValues(base.generator.layout.size, 12);
  whole = { ...common, kind: 'generator', origin: 'fine-tuned', values };
});

/** The training config with other LoRA ranks: the base's files no longer fit it. */
function withRank(rank: number): LoadedTraining {
  const { training } = trained;
  return { ...training, config: { ...training.config, lora: { ...training.config.lora, rank } } };
}

describe('a weights file', () => {
  const path = () => join(temporaryFolder(), 'weights.safetensors');

  test('comes back as it was written, LoRA and whole generators', async () => {
    for (const weights of [lora, whole]) {
      const file = path();
      await writeWeights(file, trained.base, weights);
      expect(await readWeights(file, trained.base, REMEDY)).toEqual(weights);
    }
  });

  test('has a tensor for each parameter, of its shape', async () => {
    const file = path();
    await writeWeights(file, trained.base, lora);
    const { tensors, metadata } = await readSafetensors(file);
    const { entries } = trained.base.lora.layout;
    expect([...tensors].map(([name, { shape }]) => ({ name, shape }))).toEqual(
      expect.arrayContaining(entries.map(({ name, shape }) => ({ name, shape: [...shape] }))),
    );
    expect(tensors.size).toBe(entries.length);
    expect(metadata).toMatchObject({ concept: 'snow', prompt: 'make it snow', kind: 'lora', steps: '20' });
  });

  test('that is missing says what to do', async () => {
    const file = path();
    await expect(readWeights(file, trained.base, REMEDY)).rejects.toThrow(
      new UserError('stage-needed', `No weights at ${file}. ${REMEDY}`),
    );
  });

  test('of another base is refused', async () => {
    const file = path();
    await writeWeights(file, trained.base, { ...lora, base: '0123456789ab' });
    await expect(readWeights(file, trained.base, REMEDY)).rejects.toThrow(
      `${file} belongs to base 0123456789ab, but the current base is ${trained.base.hash}: it was trained again. ${REMEDY}`,
    );
  });

  test('with a tensor of another size is refused, naming it', async () => {
    const file = path();
    await writeWeights(file, trained.base, lora);
    const { metadata } = await readSafetensors(file);
    const { name } = trained.base.lora.layout.entries[0]!;
    await writeSafetensors(file, { [name]: { shape: [1], data: new Float32Array(1) } }, metadata);
    await expect(readWeights(file, trained.base, REMEDY)).rejects.toThrow(
      `${file}: tensor ${name} is missing or does not have`,
    );
  });

  test('with a value that is no number is refused, or handed on to be shown', async () => {
    const file = path();
    await writeWeights(file, trained.base, lora);
    const { name, size, offset } = trained.base.lora.layout.entries.at(-1)!;
    await removeChecksum(file);
    await plantValue(file, name, size - 1, Number.NaN);
    await expect(readWeights(file, trained.base, REMEDY)).rejects.toThrow(
      new UserError('not-finite', `${file}: tensor '${name}' has a value that is NaN. ${REMEDY}`),
    );
    expect((await readWeights(file, trained.base, REMEDY, 'keep')).values[offset + size - 1]).toBeNaN();
  });

  test('of another program is refused', async () => {
    const file = path();
    await writeSafetensors(file, { x: { shape: [1], data: new Float32Array(1) } }, {});
    await expect(readWeights(file, trained.base, REMEDY)).rejects.toThrow(
      'It was not written by dnw denoise',
    );
  });
});

test('a base is refused by a config of another architecture, naming the key', async () => {
  const path = projectPaths(trained.project.folder).base('tiny');
  await expect(loadBase(trained.project, withRank(3))).rejects.toThrow(
    `${path}: made for another architecture. lora.rank is ${trained.training.config.lora.rank} in the file and 3 in the config.`,
  );
});

describe('chosen weights', () => {
  const concept = () => trained.project.concepts.find(({ name }) => name === 'snow')!;
  const fileOf = (weights: string) => weightsFile(trained.project, trained.training, concept(), weights);
  const read = (weights: string) =>
    readChosenWeights(fileOf(weights), trained.project, trained.training, concept(), trained.base);

  test('are files of the project by name, others by path', () => {
    const { folder } = trained.project;
    expect(['base', 'denoised', 'fine-tuned', 'mine/x.safetensors'].map(fileOf)).toEqual(
      [
        'base/tiny.safetensors',
        'weights/snow/denoised.safetensors',
        'weights/snow/fine-tuned.safetensors',
        'mine/x.safetensors',
      ].map((file) => join(folder, file)),
    );
  });

  test('are the base itself with a fresh LoRA', async () => {
    const chosen = await read('base');
    expect(chosen.kind).toBe('base');
    expect(chosen.generatorValues()).toEqual(trained.base.generatorValues);
    // What a fresh LoRA makes of the base is the base.
    const { lora: adapter, generatorValues, loraFrozen } = trained.base;
    expect(adapter.merge(generatorValues, chosen.loraVector(), loraFrozen)).toEqual(generatorValues);
  });

  test('are the denoised vector, merged into the base', async () => {
    const chosen = await read('denoised');
    expect(chosen.kind).toBe('denoised');
    expect(chosen.loraVector()).toEqual(trained.denoised);
    expect(chosen.generatorValues()).not.toEqual(trained.base.generatorValues);
  });

  test('are a zoo member, given as a file of the zoo', async () => {
    const chosen = await read(projectPaths(trained.project.folder).zooMember(trained.base.hash, 'fog'));
    expect({ kind: chosen.kind, vector: chosen.loraVector() }).toEqual({
      kind: 'zoo',
      vector: trained.zoo.fog,
    });
  });

  test('have no LoRA vector where the whole generator was trained', async () => {
    await writeWeights(fileOf('fine-tuned'), trained.base, whole);
    const chosen = await read('fine-tuned');
    expect(chosen.generatorValues()).toEqual(generatorValuesOf(trained.base, whole));
    expect(() => chosen.loraVector()).toThrow('holds a whole generator (fineTune.trainable: all)');
  });

  test('that do not exist say how to make them', async () => {
    await expect(read('nowhere.safetensors')).rejects.toThrow(
      'Choose other weights: base, denoised or fine-tuned, or a file that belongs to the base.',
    );
  });

  test('are listed where they exist', async () => {
    const fog = trained.project.concepts.find(({ name }) => name === 'fog')!;
    const kinds = async (of: typeof fog) =>
      (await listWeights(trained.project, trained.training, of)).map(({ kind }) => kind);
    expect(await kinds(fog)).toEqual(['base']);
    expect(await kinds(concept())).toEqual(expect.arrayContaining(['base', 'denoised']));
  });
});

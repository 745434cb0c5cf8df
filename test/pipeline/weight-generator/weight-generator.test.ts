import { rm } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { fileTensors } from '../../../src/data/file-zoo.ts';
import { readSafetensors, type WritableTensor, writeSafetensors } from '../../../src/data/safetensors.ts';
import { destandardize } from '../../../src/data/standardizer.ts';
import { Vocabulary } from '../../../src/data/text.ts';
import { wordTable } from '../../../src/data/word-table.ts';
import type { ZooMember } from '../../../src/data/zoo.ts';
import { writeMember } from '../../../src/data/zoo.ts';
import { predictRidge } from '../../../src/models/ridge.ts';
import {
  denoiserFor,
  loadFileGenerator,
  loadWeightGenerator,
  saveWeightGenerator,
  spaceOfFiles,
} from '../../../src/pipeline/weight-generator/generator-file.ts';
import { diffusionData, fitCodec, ridgeOfZoo } from '../../../src/pipeline/weight-generator/weight-codec.ts';
import {
  finalVector,
  meanVector,
  nearestMember,
  readZoo,
} from '../../../src/pipeline/weights/zoo-vectors.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import type { TrainingConfig } from '../../../src/project/schema/training-schema.ts';
import { makeTrainedProject, type TrainedProject } from '../../engine/trained-project.ts';
import { normalValues } from '../../models/eager.ts';

const floats = (...values: number[]) => Float32Array.from(values);

function member(concept: string, prompt: string, ...checkpoints: Float32Array[]): ZooMember {
  const size = checkpoints[0]!.length;
  return { concept, prompt, baseHash: '0123456789ab', layout: { entries: [], size }, steps: 1, checkpoints };
}

const SMALL_ZOO = [
  member('a', 'snow', floats(9, 9), floats(1, 0)),
  member('b', 'fog', floats(0, 2)),
  member('c', 'snow fog', floats(2, 1.5)),
  member('d', 'night', floats(-1, 4)),
  member('e', 'night fog', floats(-0.5, 5)),
];

describe('vectors of a zoo', () => {
  test('are the last checkpoints', () => {
    expect(finalVector(SMALL_ZOO[0]!)).toEqual(floats(1, 0));
  });

  test('have a mean', () => {
    expect(meanVector(SMALL_ZOO)).toEqual(floats(0.3, 2.5));
  });

  test('are nearest where the prompts share most words', async () => {
    expect((await nearestMember(wordTable, SMALL_ZOO, 'fog at night')).concept).toBe('e');
    expect((await nearestMember(wordTable, SMALL_ZOO, 'much snow')).concept).toBe('a');
  });
});

describe('the ridge head', () => {
  test('solves the normal equations of centered word counts and last checkpoints', async () => {
    const vocabulary = Vocabulary.ofPrompts(SMALL_ZOO.map(({ prompt }) => prompt));
    expect(vocabulary.words).toEqual(['fog', 'night', 'snow']);
    const encoder = await wordTable.fit(SMALL_ZOO.map(({ prompt }) => prompt));
    const head = await ridgeOfZoo(encoder, SMALL_ZOO);
    const counts = [
      [0, 0, 1],
      [1, 0, 0],
      [1, 0, 1],
      [0, 1, 0],
      [1, 1, 0],
    ];
    const middle = [3 / 5, 2 / 5, 2 / 5];
    const x = counts.map((row) => row.map((value, i) => value - middle[i]!));
    const y = SMALL_ZOO.map((of) => [...finalVector(of)].map((value, i) => value - [0.3, 2.5][i]!));
    const products = (a: number[][], b: number[][]) =>
      a[0]!.map((_, i) => b[0]!.map((__, j) => a.reduce((sum, row, n) => sum + row[i]! * b[n]![j]!, 0)));
    const penalized = products(x, x).map((row, i) =>
      row.map((value, j) => value + (i === j ? head.lambda : 0)),
    );
    const expected = solve(penalized, products(x, y));
    expect([...head.coefficients]).toEqual(expected.flat().map((value) => expect.closeTo(value, 5)));

    const prediction = predictRidge(head, vocabulary.bagOfWords('snow at night'));
    const weights = [0, 1, 1].map((value, i) => value - middle[i]!);
    const byHand = [0.3, 2.5].map((mean, j) =>
      weights.reduce((sum, weight, i) => sum + weight * expected[i]![j]!, mean),
    );
    expect([...prediction]).toEqual(byHand.map((value) => expect.closeTo(value, 5)));
  });
});

/** Gauss and Jordan: the solution of a linear system with several right sides. */
function solve(matrix: number[][], right: number[][]): number[][] {
  const rows = matrix.map((row, i) => [...row, ...right[i]!]);
  for (let pivot = 0; pivot < rows.length; pivot++) {
    const scale = rows[pivot]![pivot]!;
    rows[pivot] = rows[pivot]!.map((value) => value / scale);
    for (let other = 0; other < rows.length; other++) {
      if (other === pivot) continue;
      const factor = rows[other]![pivot]!;
      rows[other] = rows[other]!.map((value, i) => value - factor * rows[pivot]![i]!);
    }
  }
  return rows.map((row) => row.slice(matrix.length));
}

describe('in a project', () => {
  let trained: TrainedProject;
  beforeAll(async () => {
    trained = await makeTrainedProject();
  });
  const withGenerator = (changes: Partial<TrainingConfig['weightGenerator']>) => {
    const { training } = trained;
    const weightGenerator = { ...training.config.weightGenerator, ...changes };
    return { ...training, config: { ...training.config, weightGenerator } };
  };

  test('the zoo is read in the order of its names, as it was written', async () => {
    const members = await readZoo(trained.project, trained.training, trained.base);
    expect(members.map(({ concept }) => concept)).toEqual(['dusk', 'fog', 'snow']);
    for (const of of members) expect(finalVector(of)).toEqual(trained.zoo[of.concept]);
  });

  test.each(['ridge', 'none'] as const)(
    'blocks and the prediction of the head %s make up each zoo vector again',
    async (head) => {
      const config = withGenerator({ head }).config.weightGenerator;
      const members = await readZoo(trained.project, trained.training, trained.base);
      const codec = await fitCodec(trained.base.lora.manifest, config, members, wordTable);
      const features = await codec.encoder.features(members.map(({ prompt }) => prompt));
      const { examples } = await diffusionData(codec, config, members);
      for (const [i, { blocks }] of examples.entries()) {
        const diffused = destandardize(codec.standardizer, codec.splitter.join(blocks));
        const predicted = codec.head && predictRidge(codec.head, features[i]!);
        const distances = finalVector(members[i]!).map((value, j) =>
          Math.abs(value - diffused[j]! - (predicted?.[j] ?? 0)),
        );
        expect(Math.max(...distances)).toBeLessThan(1e-5);
      }
    },
  );

  test('a stored generator comes back for its config', async () => {
    const generator = await loadWeightGenerator(trained.project, trained.training, trained.base);
    expect(generator.denoiserValues).toEqual(generator.denoiser.initial(8));
    expect(generator.codec.encoder.toJSON()).toEqual({
      words: ['dusk', 'fog', 'of', 'prompt', 'snow'],
      buckets: 64,
    });
  });

  /** The stored generator with other words in its metadata. */
  async function withExtra(change: (extra: Record<string, unknown>) => unknown) {
    const { project, training, base } = await makeTrainedProject();
    const path = projectPaths(project.folder).weightGenerator(training.name);
    const { tensors, metadata } = await readSafetensors(path);
    const extra = JSON.stringify(change(JSON.parse(metadata.extra!)));
    await writeSafetensors(path, Object.fromEntries(tensors) as Record<string, WritableTensor>, {
      ...metadata,
      extra,
    });
    return loadWeightGenerator(project, training, base);
  }

  test('is stored under the keys of the file format, by which earlier files are compared', async () => {
    const { metadata } = await readSafetensors(
      projectPaths(trained.project.folder).weightGenerator(trained.training.name),
    );
    const { coding, diffusion, ...rest } = JSON.parse(metadata.architecture!);
    expect(Object.keys(rest).sort()).toEqual(['base', 'denoiser', 'kind', 'lora', 'loraParameters']);
    expect(Object.keys(coding).sort()).toEqual(['grouping', 'head', 'standardize']);
    expect(Object.keys(diffusion).sort()).toEqual(['gateInput', 'prediction', 'schedule', 'timesteps']);
  });

  test('a generator from before encoders had names has the table of words', async () => {
    const generator = await withExtra(({ encoder, ...extra }) => {
      expect(encoder).toMatchObject({ name: 'words', version: 1 });
      return { ...extra, vocabulary: (encoder as { state: unknown }).state };
    });
    const stored = await loadWeightGenerator(trained.project, trained.training, trained.base);
    expect(generator.codec.encoder.kind).toBe(wordTable);
    expect(generator.codec.encoder.toJSON()).toEqual(stored.codec.encoder.toJSON());
    expect(generator.denoiserValues).toEqual(stored.denoiserValues);
  });

  test.each([
    [{ name: 'clip', version: 1, state: {} }, /it encodes prompts with clip 1, but this .* has words 1\./],
    [{ name: 'words', version: 2, state: {} }, /it encodes prompts with words 2, but this .* has words 1\./],
    [{ name: 'words', version: 1, state: { words: 3 } }, /its prompt encoder cannot be read/],
  ])('a generator with the encoder %o is refused', async (encoder, message) => {
    await expect(withExtra((extra) => ({ ...extra, encoder }))).rejects.toThrow(message);
  });

  test.each([
    [{ channels: 16 }, 'denoiser.channels is 32 in the file and 16 in the config'],
    [{ blockSize: 128 }, 'denoiser.blockSize is 256 in the file and 128 in the config'],
    [{ prediction: 'v' }, 'diffusion.prediction is "x0" in the file and "v" in the config'],
    [{ latent: 2 }, 'coding.latent is absent in the file and 2 in the config'],
    [{ head: 'none' }, 'coding.head is "ridge" in the file and "none" in the config'],
  ] as const)('a stored generator is refused by %o', async (changes, message) => {
    const loading = loadWeightGenerator(trained.project, withGenerator(changes), trained.base);
    await expect(loading).rejects.toThrow(message);
  });

  test('a generator for a base and one for a folder of files are not taken for each other', async () => {
    const { project, training } = await makeTrainedProject();
    const config = training.config.weightGenerator;
    await expect(loadFileGenerator(project, training)).rejects.toThrow(
      'it was trained on the zoo of a base, so it cannot denoise a file. Denoise with --concept, or train one on a folder of files: dnw train-generator --training tiny --zoo <folder>',
    );
    const tensors = fileTensors([{ name: 'a', shape: [2, 30] }]);
    const space = spaceOfFiles({ tensors, metadata: { format: 'pt' }, alphas: { a: 4 } });
    const members = [1, 2, 3].map((seed) => ({ prompt: `n ${seed}`, checkpoints: [normalValues(60, seed)] }));
    const codec = await fitCodec(tensors, config, members, wordTable);
    const denoiser = denoiserFor(config, codec);
    const prompts = members.map(({ prompt }) => prompt);
    const generator = { codec, denoiser, denoiserValues: denoiser.initial(1), prompts };
    const path = projectPaths(project.folder).weightGenerator(training.name);
    await saveWeightGenerator(path, space, config, generator, 0);
    const loaded = await loadFileGenerator(project, training);
    expect(loaded.files).toEqual({ tensors, metadata: { format: 'pt' }, alphas: { a: 4 } });
    expect(loaded.generator.prompts).toEqual(['n 1', 'n 2', 'n 3']);
    await expect(loadWeightGenerator(project, training, trained.base)).rejects.toThrow(
      'it was trained on a folder of files (dnw train-generator --zoo), so it cannot denoise a concept. Denoise with --prompt and --output, or train one for the base: "Train Weight Generator" in the editor, or dnw train-generator --training tiny',
    );
  });

  test('a zoo that is to have fewer than three members is refused, saying that collecting does not help by itself', async () => {
    const { training } = trained;
    const collect = { ...training.config.collect, holdOut: ['fog'] };
    const few = { ...training, config: { ...training.config, collect } };
    await expect(readZoo(trained.project, few, trained.base)).rejects.toThrow(
      `${training.path}: tiny selects 2 concepts for the zoo; the weight generator needs at least 3. Hold out fewer (collect.holdOut), select more (collect.concepts) or add concepts, then collect them: "Collect Zoo" in the editor, or dnw collect --training tiny`,
    );
  });

  test('a zoo whose members have not all been collected is refused, saying how to collect', async () => {
    const { project, training, base } = await makeTrainedProject();
    await rm(projectPaths(project.folder).zooMember(base.hash, 'fog'));
    await expect(readZoo(project, training, base)).rejects.toThrow(
      /has 2 of the 3 concepts that tiny selects; at least 3 are needed\. Collect them first: .* dnw collect/,
    );
  });

  test('a member with another number of weights is refused, naming the concept', async () => {
    const { project, base } = trained;
    const path = projectPaths(project.folder).zooMember(base.hash, 'fog');
    await writeMember(path, { ...member('fog', 'thick fog', floats(1, 2)), baseHash: base.hash });
    await expect(readZoo(project, trained.training, base)).rejects.toThrow(
      `${path} holds 2 LoRA weights, but the config's LoRA has ${base.lora.layout.size}. Collect it again: "Collect Zoo Member" in the editor, or dnw collect --training tiny --concept fog`,
    );
  });
});

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeMember } from '../../../src/data/zoo.ts';
import type { StageOutcome } from '../../../src/pipeline/stage.ts';
import { searchRanks } from '../../../src/pipeline/stages/search-ranks.ts';
import { type BaseModel, loadBase } from '../../../src/pipeline/weights/base-model.ts';
import { readZoo } from '../../../src/pipeline/weights/zoo-vectors.ts';
import { type LoadedTraining, loadProject, type Project } from '../../../src/project/load.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import type { TrainingConfig } from '../../../src/project/schema/training-schema.ts';
import { UserError } from '../../../src/project/user-error.ts';
import { makeProject, SMALL_NETWORKS, writeConcept } from '../../engine/example-project.ts';
import { recordedRun } from '../recorded-run.ts';
import { saveUntrainedBase } from '../untrained-base.ts';

const STEPS = 4;
const CONFIG = `${SMALL_NETWORKS}seed: 3
lora: {train: both, bias: false, search: {steps: ${STEPS}, maximum: 2, tolerance: 0.001}}
collect: {holdOut: [dusk], batchSize: 2, checkpointEvery: 1}
evaluate: {images: 2}
`;
const SECTIONS = ['downsample', 'ds', 'transformer', 'us', 'upsample'];

interface Found {
  readonly concept: string;
  readonly ranks: Record<string, number>;
  readonly psnr: number;
  readonly tries: { ranks: Record<string, number>; values: number; psnr: number; kept: boolean }[];
}

let project: Project;
let training: LoadedTraining;

beforeAll(async () => {
  const folder = await makeProject();
  writeConcept(folder, 'dusk', 'the sun has set');
  writeConcept(folder, 'sepia', 'make it sepia');
  writeFileSync(join(folder, 'tiny.training.yaml'), CONFIG);
  project = await loadProject(folder);
  expect(project.problems).toEqual([]);
  training = project.trainings[0]!;
  await saveUntrainedBase(project, training, ['fog']);
});

function withLora(changes: Partial<TrainingConfig['lora']>): LoadedTraining {
  const { config } = training;
  return { ...training, config: { ...config, lora: { ...config.lora, ...changes } } };
}

/** Values of rank 1 in each section of E2GAN with `c` channels, counted by hand: down plus up factors. */
function rankOneValues(c: number): Record<string, number> {
  const convolution = (kernel: number, inputs: number, outputs: number) => kernel ** 2 * inputs + outputs;
  const transposed = (kernel: number, inputs: number, outputs: number) => kernel ** 2 * inputs + outputs;
  const linear = (inputs: number, outputs: number) => inputs + outputs;
  const wide = 4 * c;
  return {
    downsample: convolution(7, 3, c) + convolution(3, c, 2 * c) + convolution(3, 2 * c, wide),
    ds: convolution(3, wide, wide),
    transformer: 4 * linear(wide, wide) + linear(wide, 8 * wide) + linear(4 * wide, wide),
    us: transposed(4, wide, wide),
    upsample: transposed(4, wide, 2 * c) + transposed(4, 2 * c, c) + convolution(7, c, 3),
  };
}

/** A member of zeros for each concept of the zoo. */
async function writeZoo({ hash, lora: { layout } }: BaseModel): Promise<void> {
  for (const concept of ['fog', 'sepia', 'snow']) {
    await writeMember(projectPaths(project.folder).zooMember(hash, concept), {
      concept,
      prompt: concept,
      baseHash: hash,
      layout,
      steps: 1,
      checkpoints: [new Float32Array(layout.size)],
    });
  }
}

const withoutSeconds = ({ result }: StageOutcome) =>
  JSON.parse(JSON.stringify(result, (key, value) => (key === 'seconds' ? undefined : value))) as Found;

describe('searching ranks', () => {
  let whole: StageOutcome;
  let found: Found;
  beforeAll(async () => {
    whole = await searchRanks(recordedRun({ project, training }).context);
    found = withoutSeconds(whole);
  });

  test('tries each section at twice its rank, on a zoo concept that the base does not know', () => {
    expect([whole.status, found.concept]).toEqual(['succeeded', 'sepia']);
    expect(found.tries).toHaveLength(1 + SECTIONS.length);
    expect(found.tries[0]!.ranks).toEqual(Object.fromEntries(SECTIONS.map((section) => [section, 1])));
    for (const [i, section] of SECTIONS.entries()) expect(found.tries[i + 1]!.ranks[section]).toBe(2);
  });

  test('counts the trained values of each try', () => {
    const one = rankOneValues(4);
    for (const { ranks, values } of found.tries) {
      expect(values).toBe(SECTIONS.reduce((sum, section) => sum + ranks[section]! * one[section]!, 0));
    }
  });

  test('keeps what is better than the best before it by more than the tolerance', () => {
    let best = Number.NEGATIVE_INFINITY;
    for (const { psnr, kept } of found.tries) {
      expect(Number.isFinite(psnr)).toBe(true);
      expect(kept).toBe(psnr > best + 0.001);
      if (kept) best = psnr;
    }
    expect(found.psnr).toBe(best);
  });

  test('ends with the same result where it was stopped inside a try and resumed', async () => {
    let steps = 0;
    const stopped = recordedRun({ project, training, shouldStop: () => steps === 2 * STEPS + 2 });
    const { run } = stopped.context;
    const outcome = await searchRanks({
      ...stopped.context,
      run: {
        ...run,
        emit: (event) => {
          if (event.type === 'progress' && event.unit === 'steps') steps++;
          run.emit(event);
        },
      },
    });
    expect(outcome).toMatchObject({ status: 'stopped', result: { tries: 2 } });
    expect(existsSync(join(run.folder, 'try-3.checkpoint.safetensors'))).toBe(true);

    const resumed = recordedRun({ project, training, resume: true }, run.folder);
    expect(withoutSeconds(await searchRanks(resumed.context))).toEqual(found);
    // The third try went on after its second step, the first two were not repeated.
    const trained = resumed.events.filter((event) => event.type === 'progress' && event.unit === 'steps');
    expect(trained).toHaveLength((1 + SECTIONS.length - 2) * STEPS - 2);
    expect(readdirSync(run.folder)).toEqual(['tries.json']);
  });

  test('gives ranks to paste that the same base takes, and its old zoo does not', async () => {
    const pasted = parse(whole.summary!.join('\n')) as { lora: { ranks: Record<string, number> } };
    expect(pasted.lora.ranks).toEqual(found.ranks);
    const ranks: Record<string, number> = { ...pasted.lora.ranks, ds: 8 };
    const [before, after] = [await loadBase(project, training), await loadBase(project, withLora({ ranks }))];
    expect(after.hash).toBe(before.hash);
    expect(after.generatorValues).toEqual(before.generatorValues);
    const one = rankOneValues(4);
    expect(after.lora.layout.size).toBe(SECTIONS.reduce((sum, of) => sum + ranks[of]! * one[of]!, 0));
    expect(after.loraStart).toEqual(after.lora.initial(training.config.seed).trained);

    await writeZoo(before);
    expect(await readZoo(project, training, before)).toHaveLength(3);
    await expect(readZoo(project, withLora({ ranks }), after)).rejects.toThrow(
      /fog\.safetensors holds \d+ LoRA weights, .* Collect it again: "Collect Zoo Member" in the editor, or dnw collect/,
    );
  });
});

describe('searching ranks is refused', () => {
  const refusal = async (changed: LoadedTraining, concept?: string) => {
    const options = concept === undefined ? {} : { concept };
    const { context } = recordedRun({ project, training: changed, options });
    const error = await searchRanks(context).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  };

  test('where the down factors belong to the base', async () => {
    expect(await refusal(withLora({ train: 'up' }))).toMatch(/lora\.train is up.*needs lora\.train: both/);
  });

  test('on a concept that is held out', async () => {
    expect(await refusal(training, 'dusk')).toMatch(/dusk is held out.*Search on one of fog, sepia, snow\./);
  });
});

test('a zoo of other ranks is refused although it has as many weights', async () => {
  const queries = withLora({ ranks: { 'transformer.attention.query': 3 } });
  const keys = withLora({ ranks: { 'transformer.attention.key': 3 } });
  const [base, other] = [await loadBase(project, queries), await loadBase(project, keys)];
  expect(other.lora.layout.size).toBe(base.lora.layout.size);
  await writeZoo(base);
  expect(await readZoo(project, queries, base)).toHaveLength(3);
  await expect(readZoo(project, keys, other)).rejects.toThrow(
    /fog\.safetensors holds LoRA weights whose ranks differ from the config's\. Collect it again: "Collect Zoo Member" in the editor, or dnw collect/,
  );
});

test('a base with other ranks is still refused where only up factors are trained', async () => {
  await expect(loadBase(project, withLora({ train: 'up' }))).rejects.toThrow(
    'lora.train is "both" in the file and "up" in the config',
  );
});

/**
 * What a step of a text-conditioned base costs beside those of the same networks that train LoRA weights alone, or the whole
 * generator without LoRA, and what the generator's keys for large images save: npm run bench -- base-step --help
 * Steps that are compared take turns, so that a busy machine slows all of them down: compare the ratios.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { selectDevice } from '../../src/compute/devices.ts';
import { createExecutor } from '../../src/compute/executor.ts';
import { compile } from '../../src/compute/trace/compile.ts';
import { stepCost } from '../../src/compute/trace/cost.ts';
import type { DeviceReport, Executor, StepDefinition, StepInputs } from '../../src/compute/types.ts';
import { Random } from '../../src/data/random.ts';
import { conditionedBaseStep, promptMapLayout } from '../../src/models/conditioned-base-step.ts';
import { createDiscriminator } from '../../src/models/discriminator.ts';
import { fullTrainingStep, inferenceStep, loraTrainingStep } from '../../src/models/gan-steps.ts';
import type { GeneratorOptions } from '../../src/models/generators.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { createLora } from '../../src/models/lora.ts';
import { compareQuality, type QualityOptions } from './quality.ts';

interface Options extends QualityOptions {
  readonly part: 'trainings' | 'keys' | 'quality' | 'all';
  readonly size: number;
  readonly rank: number;
  readonly rounds: number;
}

/** Keys of the section `generator` that are compared. */
type Keys = Partial<GeneratorOptions>;

interface Step {
  readonly title: string;
  readonly definition: StepDefinition;
  readonly values: Readonly<Record<string, Float32Array>>;
}

/** Length of a prompt's feature vector: about that of 30 concepts. */
const FEATURES = 40;
const SEED = 7;
const RATE = 1e-4;
const PACKED = { stem: 'space-to-depth', head: 'depth-to-space' } as const;

function stepsOf({ size, batch, channels, rank }: Options, keys: Keys = {}) {
  const generator = createImageGenerator({
    kind: 'e2gan',
    channels,
    transformerHeads: 4,
    norm: 'none',
    skips: true,
    imageSize: size,
    ...keys,
  });
  const discriminator = createDiscriminator({ channels, layers: 2 });
  const lora = createLora(generator, { rank, ranks: {}, train: 'up', bias: true });
  const common = { generator, discriminator, batchSize: batch, loss: 'lsgan', lambdaL1: 100 } as const;
  const random = new Random(SEED);
  // Not zeros, as in the middle of a training.
  const noise = (count: number) => Float32Array.from({ length: count }, () => 0.01 * random.normal());
  const generatorValues = generator.initial(SEED);
  const { frozen } = lora.initial(SEED);
  const discriminatorValues = () => discriminator.initial(SEED);
  return {
    lora: {
      title: 'LoRA',
      definition: loraTrainingStep({ ...common, lora, generatorValues, loraFrozen: frozen }),
      values: { lora: noise(lora.layout.size), discriminator: discriminatorValues() },
    },
    base: {
      title: 'base, text-conditioned',
      definition: conditionedBaseStep({ ...common, lora, features: FEATURES }),
      values: {
        generator: generatorValues.slice(),
        'lora-frozen': frozen.slice(),
        'prompt-map': noise(promptMapLayout(lora, FEATURES).size),
        discriminator: discriminatorValues(),
      },
    },
    full: {
      title: 'generator without LoRA',
      definition: fullTrainingStep(common),
      values: { generator: generatorValues.slice(), discriminator: discriminatorValues() },
    },
    translation: {
      title: 'translation',
      definition: inferenceStep({ generator, batchSize: batch }),
      values: { generator: generatorValues.slice() },
    },
  } satisfies Record<string, Step>;
}

/** Medians of a step's times in milliseconds. */
interface Times {
  readonly elapsed: number;
  /** Of all threads. On a machine that others use, this is what the step takes. */
  readonly processor: number;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** The times of each step. They take turns; the first of each is its warm-up. */
async function timed(steps: readonly Step[], device: DeviceReport, rounds: number): Promise<Times[]> {
  const random = new Random(SEED);
  const running: {
    executor: Executor;
    inputs: StepInputs;
    rates: Record<string, number>;
    times: Times[];
  }[] = [];
  for (const { definition, values } of steps) {
    const isTrained = definition.name.includes('training');
    const groups = isTrained ? Object.keys(values) : [];
    const inputs = Object.fromEntries(
      Object.entries(definition.inputs).map(([name, { shape }]) => [
        name,
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * random.uniform() - 1),
      ]),
    );
    const adam = { kind: 'adam', beta1: 0.9, beta2: 0.99 } as const;
    const optimizers = Object.fromEntries(groups.map((group) => [group, adam]));
    const executor = await createExecutor(definition, { device, values, optimizers });
    const rates = Object.fromEntries(groups.map((group) => [group, RATE]));
    running.push({ executor, inputs, rates, times: [] });
  }
  for (let round = 0; round <= rounds; round++) {
    for (const { executor, inputs, rates, times } of running) {
      const [begun, before] = [performance.now(), process.cpuUsage()];
      await executor.run(inputs, rates);
      const { user, system } = process.cpuUsage(before);
      if (round > 0) times.push({ elapsed: performance.now() - begun, processor: (user + system) / 1000 });
    }
  }
  for (const { executor } of running) await executor.dispose();
  return running.map(({ times }) => ({
    elapsed: median(times.map(({ elapsed }) => elapsed)),
    processor: median(times.map(({ processor }) => processor)),
  }));
}

async function compareTrainings(options: Options, device: DeviceReport): Promise<void> {
  const { lora, base, full } = stepsOf(options);
  const steps = [lora, base, full];
  const times = await timed(steps, device, options.rounds);
  for (const [index, { title }] of steps.entries()) {
    const { elapsed, processor } = times[index]!;
    const of = (milliseconds: number, reference: number) =>
      `${milliseconds.toFixed(0).padStart(6)} ms, ${(milliseconds / reference).toFixed(2)} x LoRA`;
    console.log(
      `${title.padEnd(24)} ${of(elapsed, times[0]!.elapsed)};   processor ${of(processor, times[0]!.processor)}`,
    );
  }
}

/** The keys for large images that a preset would take. */
function candidatesOf({ channels }: Options): Keys[] {
  return [
    { fullResolutionChannels: channels / 2 },
    PACKED,
    { residual: true },
    { ...PACKED, residual: true },
  ];
}

/** Each row is measured against the generator without keys, both in turn. */
async function compareKeys(options: Options, device: DeviceReport): Promise<void> {
  const variants: Keys[] = [{ stem: PACKED.stem }, { head: PACKED.head }, ...candidatesOf(options)];
  const plain = stepsOf(options);
  const operations = ({ definition }: Step) => stepCost(compile(definition).step).total / 1e9;
  const columns = ['base step', 'LoRA step', 'translation'];
  console.log(`| keys of \`generator\` | GFLOP of a base step | ${columns.join(' | ')} |`);
  console.log('|---|---:|---:|---:|---:|');
  console.log(`| none | ${operations(plain.base).toFixed(1)} | 1 | 1 | 1 |`);
  for (const keys of variants) {
    const other = stepsOf(options, keys);
    const cells: string[] = [];
    for (const kind of ['base', 'lora', 'translation'] as const) {
      const [without, time] = (await timed([plain[kind], other[kind]], device, options.rounds)) as [
        Times,
        Times,
      ];
      const share = (of: keyof Times) => (time[of] / without[of]).toFixed(2);
      const elapsed = `${time.elapsed.toFixed(0)} of ${without.elapsed.toFixed(0)} ms`;
      cells.push(`${share('elapsed')} (${elapsed}), processor ${share('processor')}`);
    }
    const names = Object.entries(keys).map(([key, value]) => `${key}: ${value}`);
    console.log(`| \`${names.join(', ')}\` | ${operations(other.base).toFixed(1)} | ${cells.join(' | ')} |`);
  }
}

async function main(options: Options): Promise<void> {
  const { part, size, batch, channels, rank, threads } = options;
  const device = await selectDevice('cpu', threads);
  console.log(`${size} x ${size}, batch ${batch}, ${channels} channels, rank ${rank}, ${threads} threads`);
  const isAsked = (name: Options['part']) => part === name || part === 'all';
  if (isAsked('trainings')) await compareTrainings(options, device);
  if (isAsked('keys')) await compareKeys(options, device);
  if (isAsked('quality')) {
    await compareQuality(candidatesOf(options), options, mkdtempSync(join(tmpdir(), 'dnw-keys-')));
  }
}

const program = new Command('npm run bench -- base-step')
  .addOption(
    new Option(
      '--part <name>',
      'trainings: a base and others with its networks; keys: what keys of the generator cost; quality: what they do to images',
    )
      .choices(['trainings', 'keys', 'quality', 'all'])
      .default('all'),
  )
  .option('--size <n>', 'side of the images in pixels', Number, 256)
  .option('--batch <n>', 'images in a step', Number, 2)
  .option('--channels <n>', 'channels of the generator and the discriminator', Number, 16)
  .option('--rank <n>', 'rank of every LoRA layer', Number, 16)
  .option('--threads <n>', 'CPU threads', Number, 2)
  .option('--rounds <n>', 'steps of each kind that are timed', Number, 15)
  .option('--quality-size <n>', 'side of the images whose quality is measured', Number, 96)
  .option('--steps <n>', 'steps of the trainings whose quality is measured', Number, 200);
await main(program.parse().opts<Options>());

/**
 * What a step of a text-conditioned base costs beside those of the same networks that train LoRA weights alone, or the whole
 * generator without LoRA: npm run bench -- base-step --help
 * The steps take turns, so that a busy machine slows all of them down: compare the ratios.
 */
import { Command } from 'commander';
import { selectDevice } from '../../src/compute/devices.ts';
import { createExecutor } from '../../src/compute/executor.ts';
import type { Executor, StepDefinition, StepInputs } from '../../src/compute/types.ts';
import { Random } from '../../src/data/random.ts';
import { conditionedBaseStep, promptMapLayout } from '../../src/models/conditioned-base-step.ts';
import { createDiscriminator } from '../../src/models/discriminator.ts';
import { fullTrainingStep, loraTrainingStep } from '../../src/models/gan-steps.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { createLora } from '../../src/models/lora.ts';

interface Options {
  readonly size: number;
  readonly batch: number;
  readonly channels: number;
  readonly rank: number;
  readonly threads: number;
  readonly rounds: number;
}

interface Step {
  readonly title: string;
  readonly definition: StepDefinition;
  readonly values: Readonly<Record<string, Float32Array>>;
}

/** Length of a prompt's feature vector: about that of 30 concepts. */
const FEATURES = 40;
const SEED = 7;
const RATE = 1e-4;

function stepsOf({ size, batch, channels, rank }: Options): Step[] {
  const generator = createImageGenerator({
    kind: 'e2gan',
    channels,
    transformerHeads: 4,
    norm: 'none',
    skips: true,
    imageSize: size,
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
  return [
    {
      title: 'LoRA',
      definition: loraTrainingStep({ ...common, lora, generatorValues, loraFrozen: frozen }),
      values: { lora: noise(lora.layout.size), discriminator: discriminatorValues() },
    },
    {
      title: 'base, text-conditioned',
      definition: conditionedBaseStep({ ...common, lora, features: FEATURES }),
      values: {
        generator: generatorValues.slice(),
        'lora-frozen': frozen.slice(),
        'prompt-map': noise(promptMapLayout(lora, FEATURES).size),
        discriminator: discriminatorValues(),
      },
    },
    {
      title: 'generator without LoRA',
      definition: fullTrainingStep(common),
      values: { generator: generatorValues.slice(), discriminator: discriminatorValues() },
    },
  ];
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function main(options: Options): Promise<void> {
  const device = await selectDevice('cpu', options.threads);
  const random = new Random(SEED);
  const running: { step: Step; executor: Executor; inputs: StepInputs; times: number[] }[] = [];
  for (const step of stepsOf(options)) {
    const { definition, values } = step;
    const groups = Object.keys(values);
    const inputs = Object.fromEntries(
      Object.entries(definition.inputs).map(([name, { shape }]) => [
        name,
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * random.uniform() - 1),
      ]),
    );
    const adam = { kind: 'adam', beta1: 0.9, beta2: 0.99 } as const;
    const optimizers = Object.fromEntries(groups.map((group) => [group, adam]));
    const executor = await createExecutor(definition, { device, values, optimizers });
    running.push({ step, executor, inputs, times: [] });
  }
  // The first step of each is its warm-up.
  for (let round = 0; round <= options.rounds; round++) {
    for (const { step, executor, inputs, times } of running) {
      const rates = Object.fromEntries(Object.keys(step.values).map((group) => [group, RATE]));
      const begun = performance.now();
      await executor.run(inputs, rates);
      if (round > 0) times.push(performance.now() - begun);
    }
  }
  const { size, batch, channels, rank, threads } = options;
  console.log(`${size} x ${size}, batch ${batch}, ${channels} channels, rank ${rank}, ${threads} threads`);
  const reference = median(running[0]!.times);
  for (const { step, executor, times } of running) {
    const milliseconds = median(times);
    console.log(
      `${step.title.padEnd(24)} ${milliseconds.toFixed(0).padStart(6)} ms   ${(milliseconds / reference).toFixed(2)} x LoRA`,
    );
    await executor.dispose();
  }
}

const program = new Command('npm run bench -- base-step')
  .option('--size <n>', 'side of the images in pixels', Number, 256)
  .option('--batch <n>', 'images in a step', Number, 2)
  .option('--channels <n>', 'channels of the generator and the discriminator', Number, 16)
  .option('--rank <n>', 'rank of every LoRA layer', Number, 16)
  .option('--threads <n>', 'CPU threads', Number, 2)
  .option('--rounds <n>', 'steps of each kind', Number, 15);
await main(program.parse().opts<Options>());

import { createExecutor } from '../../compute/executor.ts';
import type { StepDefinition } from '../../compute/types.ts';
import { PairBatches } from '../../data/pair-batches.ts';
import { conditionedBaseStep, promptMapLayout } from '../../models/conditioned-base-step.ts';
import { fullTrainingStep } from '../../models/gan-steps.ts';
import { toProjectPath } from '../../project/paths.ts';
import type { StageFunction } from '../stage.ts';
import { preparedPairs, stageDevice, stageSeed } from '../stage-support.ts';
import { ganLearningRates } from '../training/learning-rate.ts';
import { pairsDigest } from '../training/training-data.ts';
import { trainingLoop } from '../training/training-loop.ts';
import { representativeConcepts } from '../weights/base-concepts.ts';
import { baseNetworks, saveBase } from '../weights/base-model.ts';
import { promptEncoderFor } from '../weights/prompt-encoders.ts';
import { featuresOf, promptFeatures } from '../weights/prompt-features.ts';

/** Trains the base generator, which zoo members and new concepts adapt, on a few representative concepts. */
export const trainBase: StageFunction<'train-base'> = async (context) => {
  const { project, training, run } = context;
  const { config } = training;
  const seed = stageSeed(context);
  const concepts = await representativeConcepts(project, training, seed);
  run.emit({
    type: 'log',
    level: 'info',
    message: `base ${training.name}: ${concepts.length} concepts: ${concepts.map(({ name }) => name).join(', ')}`,
  });
  const pairs = await preparedPairs(context, concepts);
  if (!pairs) return { status: 'stopped', result: {} };
  const device = await stageDevice(context);

  const networks = baseNetworks(training);
  const { generator, discriminator, lora } = networks;
  const start = lora.initial(seed);
  const conditioned = config.base.conditioning === 'text';
  const prompts = concepts.map(({ prompt }) => prompt);
  const features = await promptFeatures(promptEncoderFor(config), prompts);
  const rows = await featuresOf(features, prompts);
  const width = features.mean.length;

  const { batchSize, steps } = config.base;
  const { loss, lambdaL1 } = config.discriminator;
  const common = { generator, discriminator, batchSize, loss, lambdaL1 };
  const step: StepDefinition = conditioned
    ? conditionedBaseStep({ ...common, lora, features: width })
    : fullTrainingStep(common);
  const values: Record<string, Float32Array> = {
    generator: generator.initial(seed),
    discriminator: discriminator.initial(seed),
    ...(conditioned && {
      'lora-frozen': start.frozen.slice(),
      'prompt-map': new Float32Array(promptMapLayout(lora, width).size),
    }),
  };
  const groups = Object.keys(values);
  const adam = { kind: 'adam', beta1: config.base.beta1, beta2: config.base.beta2 } as const;
  const executor = await createExecutor(step, {
    device,
    values,
    optimizers: Object.fromEntries(groups.map((group) => [group, adam])),
  });
  try {
    const batches = new PairBatches(
      pairs.map(({ train }) => train),
      {
        storedSize: pairs[0]!.size,
        size: config.image.size,
        batchSize,
        flip: config.image.flip,
        seed,
      },
    );
    // The position among the concepts decides which step sees which of them.
    const data: Record<string, string> = {};
    for (const [i, { name, prompt }] of concepts.entries()) {
      data[`concept ${name}`] = `${i} ${await pairsDigest(pairs[i]!)}${conditioned ? ` ${prompt}` : ''}`;
    }
    const schedule = { ...config.base, discriminatorEvery: config.discriminator.every };
    const outcome = await trainingLoop({
      run,
      shouldStop: context.shouldStop,
      resume: context.resume,
      executor,
      groups,
      architecture: networks.architecture,
      data,
      steps,
      checkpointEvery: config.base.checkpointEvery,
      message: `training base ${training.name}`,
      step: async (index) => {
        const { source, target, sets } = await batches.batch(index);
        const rates = ganLearningRates(schedule, index);
        return {
          inputs: { source, target, ...(conditioned && { features: featureRows(rows, sets, width) }) },
          learningRates: {
            ...rates,
            // Every concept shares the down factors, so they learn at half the generator's rate.
            ...(conditioned && { 'lora-frozen': rates.generator / 2, 'prompt-map': rates.generator }),
          },
        };
      },
    });
    if (!outcome.finished) return { status: 'stopped', result: { steps: outcome.stepsDone } };
    const valuesOf = async (group: string) => (await executor.state(group)).values;
    const path = await saveBase(
      project,
      training,
      networks,
      {
        generator: await valuesOf('generator'),
        discriminator: await valuesOf('discriminator'),
        loraFrozen: conditioned ? await valuesOf('lora-frozen') : start.frozen,
        loraStart: start.trained,
        ...(conditioned && { promptMap: await valuesOf('prompt-map') }),
      },
      { concepts: concepts.map(({ name }) => name), steps, features: conditioned ? features : undefined },
    );
    const file = toProjectPath(project.folder, path);
    run.emit({ type: 'artifact', kind: 'base', file });
    return {
      status: 'succeeded',
      result: {
        file,
        concepts: concepts.map(({ name }) => name),
        steps,
        seconds: outcome.seconds,
        parameters: {
          generator: generator.layout.size,
          lora: lora.layout.size,
          discriminator: discriminator.layout.size,
        },
      },
    };
  } finally {
    await executor.dispose();
  }
};

/** Prompt features for each row of a batch: [batch, width]. */
function featureRows(rows: readonly Float32Array[], sets: Int32Array, width: number): Float32Array {
  const features = new Float32Array(sets.length * width);
  for (const [row, set] of sets.entries()) features.set(rows[set]!, row * width);
  return features;
}

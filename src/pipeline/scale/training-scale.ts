import { compile } from '../../compute/trace/compile.ts';
import { stepCost } from '../../compute/trace/cost.ts';
import type { StepDefinition } from '../../compute/types.ts';
import { conditionedBaseStep } from '../../models/conditioned-base-step.ts';
import { denoiserInferenceStep, denoiserTrainingStep } from '../../models/denoiser-step.ts';
import { fullTrainingStep, inferenceStep, loraTrainingStep } from '../../models/gan-steps.ts';
import type { ImageGenerator } from '../../models/image-generator.ts';
import type { LoadedTraining, Project } from '../../project/project.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { zooConcepts } from '../../project/selection.ts';
import type { Stage } from '../../protocol/stages.ts';
import { pix2pixGenerator } from '../evaluation/scratch-settings.ts';
import { representativeConcepts } from '../weights/base-concepts.ts';
import { promptEncoderFor } from '../weights/prompt-encoders.ts';
import { promptFeatures } from '../weights/prompt-features.ts';
import { type TrainingNetworks, trainingNetworks } from './network-sizes.ts';
import { type Published, publishedScale } from './published.ts';

/** One number that describes the scale of a training. */
export interface ScaleFigure {
  readonly what: string;
  readonly value: number;
  /** FLOP: floating-point operations; a multiplication and its addition count as two. */
  readonly unit: 'count' | 'FLOP';
  /** Absent if no number is published, or the config differs from the published one in a setting that decides it. */
  readonly published?: Published;
}

/** How much one stage trains. */
export interface StageScale {
  readonly stage: Stage;
  readonly what: string;
  readonly steps: number;
  readonly batchSize: number;
  /** How often each sample (image or block of weights) is seen, with `image.train` images per concept. */
  readonly epochs: number;
  readonly publishedEpochs?: Published;
  readonly flopPerStep: number;
  readonly flop: number;
  readonly publishedFlop?: Published;
}

export interface TrainingScale {
  readonly figures: readonly ScaleFigure[];
  readonly stages: readonly StageScale[];
}

type Networks = TrainingNetworks & { readonly pix2pix: ImageGenerator };

/**
 * Builds and traces every network of a training config, and counts parameters and operations.
 * @throws UserError if sizes do not fit each other, or there is no concept to train on
 */
export async function trainingScale(project: Project, training: LoadedTraining): Promise<TrainingScale> {
  const { config } = training;
  const networks = { ...(await trainingNetworks(project, training)), pix2pix: pix2pixGenerator(config) };
  return {
    figures: scaleFigures(config, networks),
    stages: await stageScales(project, training, networks),
  };
}

function scaleFigures(
  config: TrainingConfig,
  { generator, discriminator, lora, splitter, denoiser, pix2pix }: Networks,
): ScaleFigure[] {
  const { image, weightGenerator } = config;
  const { sampling } = weightGenerator;
  const evaluations = sampling.steps * (sampling.guidance === 1 ? 1 : 2);
  const published = publishedScale(config);
  return [
    figure('image side, pixels', image.size, 'count', published.imageSide),
    figure('training images per concept', image.train, 'count', published.trainingImages),
    figure('parameters, generator', generator.layout.size),
    figure('trained values, LoRA', lora.layout.size, 'count', published.loraValues),
    figure('parameters, discriminator', discriminator.layout.size, 'count', published.discriminator),
    figure('parameters, Pix2pix generator', pix2pix.layout.size, 'count', published.pix2pix),
    figure('parameters, weight denoiser', denoiser.layout.size),
    figure('weights per block', weightGenerator.blockSize, 'count', published.blockSize),
    figure('blocks', splitter.count),
    figure('denoising steps', sampling.steps, 'count', published.denoisingSteps),
    figure('generator, one image', flopOf(inferenceStep({ generator, batchSize: 1 })), 'FLOP'),
    figure(
      'Pix2pix generator, one image',
      flopOf(inferenceStep({ generator: pix2pix, batchSize: 1 })),
      'FLOP',
    ),
    figure(
      'denoising all blocks',
      evaluations * flopOf(denoiserInferenceStep({ denoiser, batchSize: splitter.count })),
      'FLOP',
    ),
  ];
}

async function stageScales(
  project: Project,
  training: LoadedTraining,
  networks: Networks,
): Promise<StageScale[]> {
  const { config } = training;
  const { image, base, collect, weightGenerator, fineTune, evaluate } = config;
  const { generator, discriminator, lora, splitter, denoiser, pix2pix } = networks;
  const { loss, lambdaL1 } = config.discriminator;
  const common = { generator, discriminator, loss, lambdaL1 };
  const zoo = zooConcepts(project, training);
  const baseConcepts = await representativeConcepts(project, training, config.seed);
  const prompts = baseConcepts.map(({ prompt }) => prompt);
  const { mean } = await promptFeatures(promptEncoderFor(config), prompts);
  const baseOptions = { ...common, batchSize: base.batchSize };
  const loraStep = (batchSize: number) =>
    loraTrainingStep({
      ...common,
      batchSize,
      lora,
      generatorValues: generator.initial(config.seed),
      loraFrozen: lora.initial(config.seed).frozen,
    });
  const { epochs, flop } = publishedScale(config);
  return [
    stageScale('train-base', `base of ${baseConcepts.length} concepts`, base, {
      samples: baseConcepts.length * image.train,
      step:
        base.conditioning === 'text'
          ? conditionedBaseStep({ ...baseOptions, lora, features: mean.length })
          : fullTrainingStep(baseOptions),
    }),
    stageScale('collect', `LoRA, each of ${zoo.length} concepts`, collect, {
      samples: image.train,
      step: loraStep(collect.batchSize),
      epochs: epochs.lora,
      flop: flop.lora,
    }),
    stageScale('train-generator', 'weight denoiser', weightGenerator, {
      samples: splitter.count * zoo.length * collect.checkpoints,
      step: denoiserTrainingStep({ denoiser, batchSize: weightGenerator.batchSize }),
    }),
    stageScale('fine-tune', 'a new concept', fineTune, {
      samples: image.train,
      step:
        fineTune.trainable === 'lora'
          ? loraStep(fineTune.batchSize)
          : fullTrainingStep({ ...common, batchSize: fineTune.batchSize }),
      epochs: epochs.fineTune,
    }),
    stageScale('evaluate', 'Pix2pix from scratch', evaluate.scratch, {
      samples: image.train,
      step: fullTrainingStep({ ...common, generator: pix2pix, batchSize: evaluate.scratch.batchSize }),
      epochs: epochs.pix2pix,
      flop: flop.pix2pix,
    }),
  ];
}

function figure(
  what: string,
  value: number,
  unit: ScaleFigure['unit'] = 'count',
  published?: Published,
): ScaleFigure {
  return { what, value, unit, ...(published && { published }) };
}

function stageScale(
  stage: Stage,
  what: string,
  { steps, batchSize }: { readonly steps: number; readonly batchSize: number },
  counted: {
    readonly samples: number;
    readonly step: StepDefinition;
    readonly epochs?: Published | undefined;
    readonly flop?: Published | undefined;
  },
): StageScale {
  const flopPerStep = flopOf(counted.step);
  return {
    stage,
    what,
    steps,
    batchSize,
    epochs: (steps * batchSize) / counted.samples,
    flopPerStep,
    flop: steps * flopPerStep,
    ...(counted.epochs && { publishedEpochs: counted.epochs }),
    ...(counted.flop && { publishedFlop: counted.flop }),
  };
}

/** FLOP of the convolutions and matrix products in one run of a step, from its traced graph. */
function flopOf(step: StepDefinition): number {
  return stepCost(compile(step).step).total;
}

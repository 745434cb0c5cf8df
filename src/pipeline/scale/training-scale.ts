import { isDeepStrictEqual } from 'node:util';
import { compile } from '../../compute/trace/compile.ts';
import { stepCost } from '../../compute/trace/cost.ts';
import type { StepDefinition } from '../../compute/types.ts';
import { conditionedBaseStep } from '../../models/conditioned-base-step.ts';
import { denoiserInferenceStep, denoiserTrainingStep } from '../../models/denoiser-step.ts';
import { fullTrainingStep, inferenceStep, loraTrainingStep } from '../../models/gan-steps.ts';
import { createImageGenerator } from '../../models/image-generator.ts';
import type { LoadedTraining, Project } from '../../project/project.ts';
import { e2ganRanks, PRESETS } from '../../project/schema/presets.ts';
import { type TrainingConfig, trainingSchema } from '../../project/schema/training-schema.ts';
import { zooConcepts } from '../../project/selection.ts';
import type { Stage } from '../../protocol/stages.ts';
import { representativeConcepts } from '../weights/base-concepts.ts';
import { promptEncoderFor } from '../weights/prompt-encoders.ts';
import { promptFeatures } from '../weights/prompt-features.ts';
import { trainingNetworks } from './network-sizes.ts';

/** A number as it was published. */
export interface Published {
  readonly value: number;
  /** Which publication, and what is to be known of the number. */
  readonly source: string;
}

/** One number that says how large something is. */
export interface ScaleFigure {
  readonly what: string;
  readonly value: number;
  /** FLOP: floating-point operations, a multiplication and its addition being two. */
  readonly unit: 'count' | 'FLOP';
  /** Absent where no number is published, or the config is not like the published one in what decides it. */
  readonly published?: Published;
}

/** How much one stage trains. */
export interface StageScale {
  readonly stage: Stage;
  readonly what: string;
  readonly steps: number;
  readonly batchSize: number;
  /** Times that each sample (image, or block of weights) is seen, with `image.train` images per concept. */
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

/** E2GAN's numbers of trained values, by the scale of `e2ganRanks`. */
const LORA_VALUES = { 1: 0.056e6, 2: 0.092e6, 4: 0.164e6 } as const;

const PUBLISHED = {
  loraValues: (scale: keyof typeof LORA_VALUES) => ({
    value: LORA_VALUES[scale],
    source: `E2GAN, figure of the ranks${scale === 2 ? ', searched' : `, scale ${scale}`}`,
  }),
  discriminator: { value: 2.765e6, source: "Pix2pix's code, of one image without its source" },
  pix2pix: { value: 11.378e6, source: "Pix2pix's code, ResNet of 9 blocks" },
  imageSide: { value: 256, source: 'E2GAN' },
  trainingImages: { value: 400, source: 'E2GAN, as its third-party reproduction quotes' },
  blockSize: { value: 256, source: 'DNW, table of block sizes' },
  denoisingSteps: { value: 1, source: 'DNW' },
  epochs: {
    fineTune: { value: 20, source: 'DNW, figure of the curves' },
    lora: { value: 100, source: 'DNW, figure of the curves, E2GAN' },
    pix2pix: { value: 200, source: 'DNW, figure of the curves' },
  },
  // Read from bars; the other one's number is a multiple of it.
  flop: {
    lora: { value: 2e15, source: 'E2GAN, figure: a 14th of Pix2pix' },
    pix2pix: { value: 2.8e16, source: 'E2GAN, figure, read from a bar' },
  },
} as const;

/**
 * Builds and traces every network of a training config, and counts.
 * @throws UserError where sizes do not fit each other, or no concept is there to train on
 */
export async function trainingScale(project: Project, training: LoadedTraining): Promise<TrainingScale> {
  const { config } = training;
  const { image, discriminator: gan, base, collect, weightGenerator, fineTune, evaluate } = config;
  const { generator, discriminator, lora, splitter, denoiser } = await trainingNetworks(project, training);
  const { channels, blocks, ...scratch } = evaluate.scratch;
  const pix2pix = createImageGenerator({
    kind: 'resnet',
    channels,
    blocks,
    imageSize: image.size,
    norm: 'instance',
  });
  const zoo = zooConcepts(project, training);
  const baseConcepts = await representativeConcepts(project, training, config.seed);

  const { loss, lambdaL1 } = gan;
  const common = { generator, discriminator, loss, lambdaL1 };
  const loraStep = (batchSize: number) =>
    loraTrainingStep({
      ...common,
      batchSize,
      lora,
      generatorValues: generator.initial(config.seed),
      loraFrozen: lora.initial(config.seed).frozen,
    });
  const prompts = baseConcepts.map(({ prompt }) => prompt);
  const { mean } = await promptFeatures(promptEncoderFor(config), prompts);
  const baseOptions = { ...common, batchSize: base.batchSize };
  const baseStep =
    base.conditioning === 'text'
      ? conditionedBaseStep({ ...baseOptions, lora, features: mean.length })
      : fullTrainingStep(baseOptions);

  const like = likePaper(config);
  const likeNetwork = like('image.size', 'generator');
  const publishedIf = <T>(isLike: boolean, published: T): T | undefined => (isLike ? published : undefined);
  const scale = ([1, 2, 4] as const).find((of) => isDeepStrictEqual(config.lora.ranks, e2ganRanks(of)));

  const { sampling } = weightGenerator;
  const evaluations = sampling.steps * (sampling.guidance === 1 ? 1 : 2);
  return {
    figures: [
      figure('image side, pixels', image.size, 'count', publishedIf(likeNetwork, PUBLISHED.imageSide)),
      figure(
        'training images a concept',
        image.train,
        'count',
        publishedIf(likeNetwork, PUBLISHED.trainingImages),
      ),
      figure('parameters, generator', generator.layout.size),
      figure(
        'trained values, LoRA',
        lora.layout.size,
        'count',
        publishedIf(likeNetwork && like('lora.train'), PUBLISHED.loraValues(scale ?? 2)),
      ),
      figure(
        'parameters, discriminator',
        discriminator.layout.size,
        'count',
        publishedIf(like('discriminator.channels', 'discriminator.layers'), PUBLISHED.discriminator),
      ),
      figure(
        'parameters, Pix2pix generator',
        pix2pix.layout.size,
        'count',
        publishedIf(like('evaluate.scratch.channels', 'evaluate.scratch.blocks'), PUBLISHED.pix2pix),
      ),
      figure('parameters, weight denoiser', denoiser.layout.size),
      figure(
        'weights a block',
        weightGenerator.blockSize,
        'count',
        publishedIf(likeNetwork, PUBLISHED.blockSize),
      ),
      figure('blocks', splitter.count),
      figure('denoising steps', sampling.steps, 'count', publishedIf(likeNetwork, PUBLISHED.denoisingSteps)),
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
    ],
    stages: [
      stageScale('train-base', `base of ${baseConcepts.length} concepts`, base, {
        samples: baseConcepts.length * image.train,
        step: baseStep,
      }),
      stageScale('collect', `LoRA, each of ${zoo.length} concepts`, collect, {
        samples: image.train,
        step: loraStep(collect.batchSize),
        epochs: publishedIf(likeNetwork, PUBLISHED.epochs.lora),
        flop: publishedIf(
          likeNetwork && scale === 2 && like('discriminator', 'image', 'collect.steps', 'collect.batchSize'),
          PUBLISHED.flop.lora,
        ),
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
        epochs: publishedIf(likeNetwork, PUBLISHED.epochs.fineTune),
      }),
      stageScale('evaluate', 'Pix2pix from scratch', scratch, {
        samples: image.train,
        step: fullTrainingStep({ ...common, generator: pix2pix, batchSize: scratch.batchSize }),
        epochs: publishedIf(
          like('image.size', 'evaluate.scratch.channels', 'evaluate.scratch.blocks'),
          PUBLISHED.epochs.pix2pix,
        ),
        flop: publishedIf(like('discriminator', 'image', 'evaluate.scratch'), PUBLISHED.flop.pix2pix),
      }),
    ],
  };
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

/** Convolutions and matrix products of one run of a step, from its traced graph. */
function flopOf(step: StepDefinition): number {
  return stepCost(compile(step).step).total;
}

/** Whether keys of a config, written `section.key`, have the values of the preset `paper`. */
function likePaper(config: TrainingConfig): (...keys: readonly string[]) => boolean {
  const paper = trainingSchema.parse(PRESETS.paper);
  return (...keys) => keys.every((key) => isDeepStrictEqual(valueAt(config, key), valueAt(paper, key)));
}

function valueAt(config: TrainingConfig, key: string): unknown {
  return key.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], config);
}

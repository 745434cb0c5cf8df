import { writeFileWeights } from '../../data/file-zoo.ts';
import type { PreparedPairs } from '../../data/prepared.ts';
import type { EncodedPrompt } from '../../data/prompt-encoder.ts';
import { projectPaths, toProjectPath } from '../../project/paths.ts';
import type { LoadedConcept } from '../../project/project.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { UserError } from '../../project/user-error.ts';
import type { StageContext, StageFunction, StageOutcome } from '../stage.ts';
import { checkWeightsOutput } from '../stage-outputs.ts';
import { preparedPairs, stageConcept, stageDevice, stageSeed } from '../stage-support.ts';
import { checkBestOf, denoiseBest } from '../weight-generator/best-of.ts';
import {
  loadFileGenerator,
  loadWeightGenerator,
  type WeightGenerator,
} from '../weight-generator/generator-file.ts';
import {
  distanceWarnings,
  estimateStart,
  expectationLines,
  type StartEstimate,
} from '../weight-generator/start-estimate.ts';
import { checkDenoisingSteps, denoiseWeights } from '../weight-generator/weight-sampler.ts';
import { loadBase } from '../weights/base-model.ts';
import { writeWeights } from '../weights/weights-file.ts';

/** Denoises weights from a prompt: a concept's LoRA, or a file like those that the weight generator was trained on. */
export const denoise: StageFunction<'denoise'> = (context) =>
  context.options.prompt === undefined
    ? denoiseConcept(context)
    : denoiseFile(context, context.options.prompt);

/**
 * Denoises a concept's LoRA weights from its prompt, after reporting the prompt's distance from the zoo and the
 * expected quality. If the best of several draws is wanted, it is chosen on a few of the concept's training images.
 */
async function denoiseConcept(context: StageContext<'denoise'>): Promise<StageOutcome> {
  const { project, training, run, options } = context;
  const concept = stageConcept(context);
  const config = training.config.weightGenerator;
  const steps = denoisingSteps(context);
  const count = options.bestOf ?? config.sampling.bestOf;
  checkBestOf(count, config, steps);
  const log = logOf(context, concept.name);
  const base = await loadBase(project, training);
  const generator = await loadWeightGenerator(project, training, base);
  const estimate = await estimateOf(generator, concept);
  for (const line of expectationLines(estimate)) log('info', line);
  for (const warning of distanceWarnings(estimate)) log('warning', warning);
  let pairs: PreparedPairs | undefined;
  if (count > 1) {
    pairs = (await preparedPairs(context, [concept]))?.[0];
    if (!pairs) return { status: 'stopped', result: {} };
  }
  const device = await stageDevice(context);
  const begun = performance.now();
  const { weights, seed, images, candidates } = await denoiseBest(generator, base, training.config, concept, {
    count,
    steps,
    seed: stageSeed(context),
    device,
    pairs,
    onCandidate: ({ seed: drawn, psnr }, index) =>
      log('info', `draw ${index + 1} of ${count}: seed ${drawn}, ${psnr.toFixed(2)} dB on training images`),
  });
  const seconds = (performance.now() - begun) / 1000;
  if (count > 1) {
    const scores = candidates.map(({ psnr }) => psnr);
    const gap = (Math.max(...scores) - Math.min(...scores)).toFixed(2);
    log(
      'info',
      `the best of ${count} draws on ${images} training images has seed ${seed}, ${gap} dB above the worst`,
    );
  }
  const { vector, prompt } = weights;
  warnOfDropped(log, prompt, config);
  const path = projectPaths(project.folder).weights(concept.name, 'denoised');
  await writeWeights(path, base, {
    concept: concept.name,
    prompt: concept.prompt,
    base: base.hash,
    kind: 'lora',
    origin: 'denoised',
    seed,
    steps,
    values: vector,
  });
  const file = toProjectPath(project.folder, path);
  run.emit({ type: 'artifact', kind: 'weights', file, concept: concept.name });
  run.emit({ ...finished(concept.name, steps), concept: concept.name });
  const { unseen, calibrated } = estimate;
  return {
    status: 'succeeded',
    result: {
      file,
      steps,
      seed,
      seconds,
      unseenWords: [...unseen],
      ...(calibrated && { zooDistance: JSON.parse(JSON.stringify(calibrated)) }),
      ...(count > 1 && { bestOf: { images, candidates: candidates.map((candidate) => ({ ...candidate })) } }),
    },
  };
}

/**
 * Denoises a file. It cannot translate images, so several draws cannot be compared and the quality of the start
 * cannot be estimated.
 */
async function denoiseFile(context: StageContext<'denoise'>, prompt: string): Promise<StageOutcome> {
  const { project, training, run, options } = context;
  const { output } = options;
  if (output === undefined)
    throw new UserError(
      'missing-option',
      'The weights for a --prompt are written to a file. Name it with --output.',
    );
  const config = training.config.weightGenerator;
  const steps = denoisingSteps(context);
  const log = logOf(context, prompt);
  const { generator, files, isTrainedOn } = await loadFileGenerator(project, training);
  await checkWeightsOutput(project, output, isTrainedOn);
  const estimate = await estimateOf(generator, { name: prompt, prompt });
  for (const warning of distanceWarnings(estimate)) log('warning', warning);
  if (config.sampling.bestOf > 1) {
    log(
      'warning',
      `weightGenerator.sampling.bestOf ${config.sampling.bestOf} does not apply to a prompt without images: one set of weights is drawn.`,
    );
  }
  const seed = stageSeed(context);
  const device = await stageDevice(context);
  const begun = performance.now();
  const weights = await denoiseWeights(generator, config, prompt, { steps, seed, device });
  const seconds = (performance.now() - begun) / 1000;
  warnOfDropped(log, weights.prompt, config);
  await writeFileWeights(output, files, { prompt, seed, steps, vector: weights.vector }, run.folder);
  const file = toProjectPath(project.folder, output);
  run.emit({ type: 'artifact', kind: 'weights', file });
  run.emit(finished(prompt, steps));
  return {
    status: 'succeeded',
    result: { file, steps, seed, seconds, unseenWords: [...estimate.unseen] },
  };
}

function estimateOf(
  { codec, prompts, calibration }: WeightGenerator,
  concept: Pick<LoadedConcept, 'name' | 'prompt'>,
): Promise<StartEstimate> {
  return estimateStart(codec.encoder, prompts, calibration, concept);
}

function denoisingSteps({ training, options }: StageContext<'denoise'>): number {
  const config = training.config.weightGenerator;
  const steps = options.steps ?? config.sampling.steps;
  checkDenoisingSteps(steps, config);
  return steps;
}

type Log = (level: 'info' | 'warning', message: string) => void;

function logOf({ run }: StageContext, name: string): Log {
  return (level, message) => run.emit({ type: 'log', level, message: `${name}: ${message}` });
}

function warnOfDropped(
  log: Log,
  { dropped }: EncodedPrompt,
  { maxTokens }: TrainingConfig['weightGenerator'],
): void {
  if (dropped.length === 0) return;
  log('warning', `only the first ${maxTokens} words of the prompt are used; ignored: ${dropped.join(' ')}.`);
}

function finished(what: string, steps: number) {
  return {
    type: 'progress',
    message: `denoised ${what}`,
    unit: 'steps',
    done: steps,
    total: steps,
  } as const;
}

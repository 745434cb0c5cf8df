import type { PreparedPairs } from '../data/prepared.ts';
import { projectPaths, toProjectPath } from '../project/paths.ts';
import { loadBase } from './base-model.ts';
import { checkBestOf, denoiseBest } from './best-of.ts';
import type { StageFunction } from './stage.ts';
import { preparedPairs, stageConcept, stageDevice, stageSeed } from './stage-support.ts';
import { distanceWarnings, estimateStart, expectationLines } from './start-estimate.ts';
import { checkDenoisingSteps, loadWeightGenerator } from './weight-generator.ts';
import { writeWeights } from './weights-file.ts';

/**
 * Denoises a concept's LoRA weights from its prompt, after saying how far that is from the zoo and what to expect.
 * Where the best of several draws is asked for, a few of the concept's training images choose.
 */
export const denoise: StageFunction = async (context) => {
  const { project, training, run, options } = context;
  const concept = stageConcept(context);
  const config = training.config.weightGenerator;
  const steps = options.steps ?? config.sampling.steps;
  const count = options.bestOf ?? config.sampling.bestOf;
  checkDenoisingSteps(steps, config);
  checkBestOf(count, config, steps);
  const log = (level: 'info' | 'warning', message: string) =>
    run.emit({ type: 'log', level, message: `${concept.name}: ${message}` });
  const base = await loadBase(project, training);
  const generator = await loadWeightGenerator(project, training, base);
  const estimate = estimateStart(generator.prompts, generator.calibration, concept);
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
  if (prompt.dropped.length > 0) {
    log(
      'warning',
      `only the first ${config.maxTokens} words of the prompt count; left out: ${prompt.dropped.join(' ')}.`,
    );
  }
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
  run.emit({
    type: 'progress',
    message: `denoised ${concept.name}`,
    unit: 'steps',
    done: steps,
    total: steps,
    concept: concept.name,
  });
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
};

import type { DeviceReport } from '../../compute/types.ts';
import type { PreparedPairs } from '../../data/prepared.ts';
import type { PromptEncoder } from '../../data/prompt-encoder.ts';
import type { Between } from '../../data/unless-stopped.ts';
import type { ZooMember } from '../../data/zoo.ts';
import { leaveOneOutPredictions, predictRidge, type RidgeModel } from '../../models/ridge.ts';
import { heldOutConcepts } from '../../project/selection.ts';
import { UserError } from '../../project/user-error.ts';
import { heldOutImages } from '../metrics/held-out.ts';
import { HIGHEST_PSNR } from '../metrics/image-metrics.ts';
import { LoraTranslator } from '../metrics/lora-translator.ts';
import { evenlyChosen } from '../metrics/sample-statistics.ts';
import type { StageContext } from '../stage.ts';
import { preparedPairs } from '../stage-support.ts';
import type { BaseModel } from '../weights/base-model.ts';
import { finalVector } from '../weights/zoo-vectors.ts';
import {
  type CalibrationPoint,
  distanceOf,
  promptDistance,
  type StartCalibration,
} from './start-estimate.ts';

/** Most zoo members, and most held-out concepts, to measure: more take time and add little certainty. */
const MOST_CONCEPTS = 24;
/** Held-out images per concept, if `evaluate.images` allows as many. */
const IMAGES = 16;

/** A start that ridge regression predicts for a concept whose weights it has not seen. */
interface UnseenStart extends Omit<CalibrationPoint, 'psnr'> {
  readonly prediction: Float32Array;
}

/**
 * Measures the quality of starts by the distance of their prompts: predicts weights by ridge regression from prompts,
 * and measures each prediction on its concept's held-out images. The concepts are zoo members, each predicted from all
 * others, with those that the base was not trained on first, and the concepts that the config holds out.
 * @param settings the ridge regression fitted on the members, and what is called between parts of the predictions
 * @returns undefined if a stop was requested
 */
export async function calibrateStarts(
  context: StageContext,
  base: BaseModel,
  members: readonly ZooMember[],
  encoder: PromptEncoder,
  { ridge, device, between }: { ridge: RidgeModel; device: DeviceReport; between?: Between },
): Promise<StartCalibration | undefined> {
  const { run, shouldStop, project, training } = context;
  const { image, evaluate } = training.config;
  const starts = await leftOutMembers(base, members, encoder, ridge.lambda, between);
  const heldOut = evenlyChosen(heldOutConcepts(project, training), MOST_CONCEPTS);
  const features = await encoder.features(heldOut.map(({ prompt }) => prompt));
  const prompts = members.map(({ prompt }) => prompt);
  for (const [i, { name, prompt }] of heldOut.entries()) {
    starts.push({
      concept: name,
      knownTo: 'neither',
      distance: await promptDistance(encoder.kind, prompts, prompt, ridge.lambda),
      prediction: predictRidge(ridge, features[i]!),
    });
  }
  const points: CalibrationPoint[] = [];
  const most = Math.min(IMAGES, evaluate.images);
  const translator = await LoraTranslator.create(base, device, most);
  try {
    for (const [index, { prediction, ...start }] of starts.entries()) {
      const { concept } = start;
      const pairs = await pairsOf(context, concept);
      if (shouldStop()) return undefined;
      if (!pairs) continue;
      const images = heldOutImages(pairs.test, pairs.size, image.size, most);
      const { psnr } = await translator.quality(prediction, images);
      points.push({ ...start, psnr: Math.min(psnr, HIGHEST_PSNR) });
      run.emit({
        type: 'progress',
        message: `measuring the expected quality of a start: ${concept}`,
        unit: 'concepts',
        done: index + 1,
        total: starts.length,
        concept,
      });
    }
    return { lambda: ridge.lambda, points };
  } finally {
    await translator.dispose();
  }
}

async function leftOutMembers(
  base: BaseModel,
  members: readonly ZooMember[],
  encoder: PromptEncoder,
  lambda: number,
  between: Between | undefined,
): Promise<UnseenStart[]> {
  const inBase = (index: number) => base.concepts.includes(members[index]!.concept);
  const indices = [...members.keys()];
  const clean = evenlyChosen(
    indices.filter((index) => !inBase(index)),
    MOST_CONCEPTS,
  );
  const chosen = [...clean, ...evenlyChosen(indices.filter(inBase), MOST_CONCEPTS - clean.length)];
  const leftOut = await leaveOneOutPredictions(
    await encoder.features(members.map(({ prompt }) => prompt)),
    members.map(finalVector),
    lambda,
    chosen,
    between,
  );
  return leftOut.map(({ prediction, leverage }, place) => ({
    concept: members[chosen[place]!]!.concept,
    knownTo: inBase(chosen[place]!) ? 'base' : 'zoo',
    distance: distanceOf(lambda, leverage),
    prediction,
  }));
}

/** The concept's pairs. A zoo's files may outlive its images: a concept without images is skipped with a warning. */
async function pairsOf(context: StageContext, name: string): Promise<PreparedPairs | undefined> {
  const concept = context.project.concepts.find((candidate) => candidate.name === name)!;
  try {
    return (await preparedPairs(context, [concept]))?.[0];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.run.emit({
      type: 'log',
      level: 'warning',
      message: `${name}: left out of the estimate of the expected quality: ${error.message}`,
    });
    return undefined;
  }
}

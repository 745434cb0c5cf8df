import type { DeviceReport } from '../compute/types.ts';
import type { PreparedPairs } from '../data/prepared.ts';
import type { Vocabulary } from '../data/text.ts';
import type { ZooMember } from '../data/zoo.ts';
import { leaveOneOutPredictions } from '../models/ridge.ts';
import { UserError } from '../project/user-error.ts';
import type { BaseModel } from './base-model.ts';
import { heldOutImages } from './held-out.ts';
import { HIGHEST_PSNR } from './image-metrics.ts';
import { LoraTranslator } from './lora-translator.ts';
import { evenlyChosen } from './sample-statistics.ts';
import type { StageContext } from './stage.ts';
import { preparedPairs } from './stage-support.ts';
import { type CalibrationPoint, distanceOf, type StartCalibration } from './start-estimate.ts';
import { finalVector } from './zoo-vectors.ts';

/** More members add time and little certainty. */
const MOST_MEMBERS = 24;
/** Held-out images of each member, where `evaluate.images` allows as many. */
const IMAGES = 16;

/**
 * Predicts zoo members' weights by ridge regression from all other members, and measures each prediction on the
 * member's own held-out images: what a start is worth, by its prompt's distance. The base was trained on these
 * members too, so that it flatters them beside a concept that neither has seen.
 * @param lambda penalty of the regression
 * @returns undefined where a stop was asked for
 */
export async function calibrateStarts(
  context: StageContext,
  base: BaseModel,
  members: readonly ZooMember[],
  vocabulary: Vocabulary,
  lambda: number,
  device: DeviceReport,
): Promise<StartCalibration | undefined> {
  const { run, shouldStop } = context;
  const { image, evaluate } = context.training.config;
  const chosen = evenlyChosen([...members.keys()], MOST_MEMBERS);
  const leftOut = leaveOneOutPredictions(
    members.map(({ prompt }) => vocabulary.bagOfWords(prompt)),
    members.map(finalVector),
    lambda,
    chosen,
  );
  const points: CalibrationPoint[] = [];
  const translator = await LoraTranslator.create(base, device);
  try {
    for (const [index, { prediction, leverage }] of leftOut.entries()) {
      const { concept } = members[chosen[index]!]!;
      const pairs = await pairsOf(context, concept);
      if (shouldStop()) return undefined;
      if (!pairs) continue;
      const images = heldOutImages(pairs.test, pairs.size, image.size, Math.min(IMAGES, evaluate.images));
      const { psnr } = await translator.quality(prediction, images);
      points.push({
        concept,
        distance: distanceOf(lambda, leverage),
        psnr: Math.min(psnr, HIGHEST_PSNR),
      });
      run.emit({
        type: 'progress',
        message: `calibrating with ${concept} left out of the zoo`,
        unit: 'concepts',
        done: index + 1,
        total: chosen.length,
        concept,
      });
    }
    return { lambda, points };
  } finally {
    await translator.dispose();
  }
}

/** A zoo's files outlive its images: a member without them is left out, and the run says so. */
async function pairsOf(context: StageContext, name: string): Promise<PreparedPairs | undefined> {
  const concept = context.project.concepts.find((candidate) => candidate.name === name)!;
  try {
    return (await preparedPairs(context, [concept]))?.[0];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.run.emit({
      type: 'log',
      level: 'warning',
      message: `${name}: left out of the estimate of what quality to expect: ${error.message}`,
    });
    return undefined;
  }
}

/**
 * How far a prompt is from those of a zoo, and what quality to expect of its start: pure functions of the prompts
 * and of what ridge regression did for members that it was not shown.
 */
import type { PromptEncoder, PromptEncoderKind } from '../../data/prompt-encoder.ts';
import { ridgeLeverage } from '../../models/ridge.ts';
import { median, quantile } from '../metrics/sample-statistics.ts';

/** A concept whose weights were predicted from those of other concepts, and what that start was worth. */
export interface CalibrationPoint {
  readonly concept: string;
  /**
   * Which of base and zoo were made with it. A start on a base that was trained on the concept does far better than
   * on one that was not: the base knows the concept, and waits for the weights that say so.
   */
  readonly knownTo: 'base' | 'zoo' | 'neither';
  /** Of its prompt to those of the others: see `promptDistance`. */
  readonly distance: number;
  /** Mean over its held-out images in decibels, before any training. */
  readonly psnr: number;
}

export interface StartCalibration {
  /** Penalty of the ridge regression. */
  readonly lambda: number;
  readonly points: readonly CalibrationPoint[];
}

/**
 * Distance of a prompt to those of a zoo, in units of the features (in words, for bags of words): the square root of
 * lambda times its leverage in the ridge regression, which is the length of that part of the prompt that the zoo's
 * prompts cannot explain (Bayes' view: the standard deviation of the prediction, in units of what one feature is
 * worth beforehand). A word that no zoo prompt has is a direction of its own and counts in full, 1; one that many
 * prompts have, or that others make up for, counts little.
 * @param kind fitted anew on all of these prompts, so that what is new in the one counts
 * @param lambda above 0
 */
export async function promptDistance(
  kind: PromptEncoderKind,
  prompts: readonly string[],
  prompt: string,
  lambda: number,
): Promise<number> {
  const all = [...prompts, prompt];
  const encoder = await kind.fit(all);
  const features = await encoder.features(all);
  return distanceOf(lambda, ridgeLeverage(features.slice(0, -1), lambda, features.at(-1)!));
}

/** `promptDistance` of a leverage. */
export function distanceOf(lambda: number, leverage: number): number {
  return Math.sqrt(lambda * leverage);
}

/** Fewer points tell nothing. */
const FEWEST_POINTS = 3;
/** Share of its own members that a zoo must be nearer to for a prompt to count as outside of it. */
const OUTSIDE = 0.9;

export interface ExpectedQuality {
  /** Median, and the 10 % and 90 % quantiles, of the starts at similar distance, in decibels. */
  readonly psnr: number;
  readonly low: number;
  readonly high: number;
  /** Number of these starts. */
  readonly starts: number;
  /** Probability that one more start of their kind falls from `low` to `high`: 0.8, or less where they are few. */
  readonly coverage: number;
}

/**
 * What starts at similar distance were worth: of the third of the points nearest in distance, at least three.
 * @returns undefined where there are fewer than three points
 */
export function expectedQuality(
  points: readonly CalibrationPoint[],
  distance: number,
): ExpectedQuality | undefined {
  if (points.length < FEWEST_POINTS) return undefined;
  const away = (point: CalibrationPoint) => Math.abs(point.distance - distance);
  const similar = [...points]
    .sort((a, b) => away(a) - away(b))
    .slice(0, Math.max(FEWEST_POINTS, Math.ceil(points.length / 3)))
    .map(({ psnr }) => psnr);
  return {
    psnr: median(similar),
    low: quantile(similar, 0.1),
    high: quantile(similar, 0.9),
    starts: similar.length,
    // Between the ends of n draws, which is where the quantiles of fewer than nine are.
    coverage: Math.min(0.8, (similar.length - 1) / (similar.length + 1)),
  };
}

/** What a zoo says about a prompt before anything is denoised. */
export interface StartEstimate {
  /** Different words of the prompt, and those of them that no zoo prompt has. */
  readonly words: number;
  readonly unseen: readonly string[];
  /** Absent where the weight generator was trained without calibration. */
  readonly calibrated?: {
    readonly distance: number;
    /** Calibrated members, and those of them that are nearer to the others. */
    readonly members: number;
    readonly nearerMembers: number;
    readonly expected?: ExpectedQuality;
    /** True where `expected` comes from concepts that the base was trained on, for want of others. */
    readonly flattered: boolean;
  };
}

/**
 * @param encoder of the weight generator
 * @param prompts of the zoo
 * @param of the concept to be started, whose own point, if it has one, must not vouch for it
 */
export async function estimateStart(
  encoder: PromptEncoder,
  prompts: readonly string[],
  calibration: StartCalibration | undefined,
  { name, prompt }: { readonly name: string; readonly prompt: string },
): Promise<StartEstimate> {
  const { count, unknown } = encoder.partsOf(prompt);
  const known = { words: count, unseen: unknown };
  if (!calibration) return known;
  const { lambda } = calibration;
  const distance = await promptDistance(encoder.kind, prompts, prompt, lambda);
  const points = calibration.points.filter(({ concept }) => concept !== name);
  const members = points.filter(({ knownTo }) => knownTo !== 'neither');
  const newToBase = points.filter(({ knownTo }) => knownTo !== 'base');
  const flattered = newToBase.length < FEWEST_POINTS;
  const expected = expectedQuality(flattered ? points : newToBase, distance);
  return {
    ...known,
    calibrated: {
      distance,
      members: members.length,
      nearerMembers: members.filter((point) => point.distance < distance).length,
      ...(expected && { expected }),
      flattered,
    },
  };
}

/** The estimate as a sentence, where there is one. */
export function expectationLines({ calibrated }: StartEstimate): string[] {
  const expected = calibrated?.expected;
  if (!expected) return [];
  const { psnr, low, high, starts, coverage } = expected;
  const line =
    `expected at the start: ${psnr.toFixed(1)} dB (${low.toFixed(1)} to ${high.toFixed(1)} in ${(100 * coverage).toFixed(0)} %), ` +
    `from ${starts} leave-one-out starts at similar distance`;
  const flattery =
    'The base was trained on these concepts and not on a new one, which may start many decibels lower. ' +
    `Hold out ${FEWEST_POINTS} concepts more than those to denoise (collect.holdOut) for an estimate without this.`;
  return calibrated.flattered ? [`${line}, at best`, flattery] : [line];
}

/** Why not to trust the start of this prompt, in sentences; none where it lies within the zoo. */
export function distanceWarnings({ words, unseen, calibrated }: StartEstimate): string[] {
  const warnings: string[] = [];
  if (unseen.length > 0) {
    warnings.push(
      `${unseen.length} of ${words} words were never seen in a zoo prompt (${unseen.join(', ')}), ` +
        'so the weights cannot know what is meant. Add weights to the zoo whose prompts use them.',
    );
  }
  if (calibrated && calibrated.members > 0 && calibrated.nearerMembers >= OUTSIDE * calibrated.members) {
    warnings.push(
      `the prompt is further from the zoo than ${calibrated.nearerMembers} of its own ${calibrated.members} calibrated members ` +
        `(${calibrated.distance.toFixed(2)} words). Collect concepts with more like prompts.`,
    );
  }
  return warnings;
}

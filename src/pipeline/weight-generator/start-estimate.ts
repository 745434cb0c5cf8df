/**
 * The distance of a prompt from those of a zoo, and the expected quality of its start: pure functions of the prompts
 * and of the results of ridge regression for members that it has not seen.
 */
import type { PromptEncoder, PromptEncoderKind } from '../../data/prompt-encoder.ts';
import { ridgeLeverage } from '../../models/ridge.ts';
import { median, quantile } from '../metrics/sample-statistics.ts';

/** A concept whose weights were predicted from those of other concepts, and the quality of that start. */
export interface CalibrationPoint {
  readonly concept: string;
  /**
   * What was made with the concept: base, zoo or neither. A start is far better on a base that was trained on the
   * concept, because the base already knows the concept and only needs weights that select it.
   */
  readonly knownTo: 'base' | 'zoo' | 'neither';
  /** Distance of its prompt from those of the others: see `promptDistance`. */
  readonly distance: number;
  /** Mean PSNR over its held-out images in decibels, before any training. */
  readonly psnr: number;
}

export interface StartCalibration {
  /** Penalty of the ridge regression. */
  readonly lambda: number;
  readonly points: readonly CalibrationPoint[];
}

/**
 * Distance of a prompt from those of a zoo, in units of the features (in words, for bags of words): the square root of
 * lambda times its leverage in the ridge regression, which is the length of the part of the prompt that the zoo's
 * prompts cannot explain (in Bayesian terms, the standard deviation of the prediction in units of one feature's prior
 * standard deviation). A word that no zoo prompt has is a direction of its own and counts as 1; a word that many
 * prompts have, or that other words explain, counts little.
 * @param kind kind of encoder, fitted on all of these prompts, so that new features of this prompt count
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
  return distanceOf(lambda, await ridgeLeverage(features.slice(0, -1), lambda, features.at(-1)!));
}

/** `promptDistance` for a given leverage. */
export function distanceOf(lambda: number, leverage: number): number {
  return Math.sqrt(lambda * leverage);
}

/** Fewest points from which an estimate is made. */
const FEWEST_POINTS = 3;
/** Share of the zoo's own members that must be nearer to the zoo than a prompt for it to count as outside. */
const OUTSIDE = 0.9;

export interface ExpectedQuality {
  /** Median of the starts at similar distance, in decibels; `low` and `high` are their 10 % and 90 % quantiles. */
  readonly psnr: number;
  readonly low: number;
  readonly high: number;
  /** Number of these starts. */
  readonly starts: number;
  /** Probability that one more such start lies between `low` and `high`: 0.8, or less if there are few starts. */
  readonly coverage: number;
}

/**
 * Quality of the starts at similar distance: of the nearest third of the points, at least three.
 * @returns undefined if there are fewer than three points
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
    // With fewer than nine draws the quantiles are the ends, and (n - 1) / (n + 1) is the coverage between these.
    coverage: Math.min(0.8, (similar.length - 1) / (similar.length + 1)),
  };
}

/** What a zoo tells about a prompt before anything is denoised. */
export interface StartEstimate {
  /** Number of different words in the prompt; `unseen` are those that no zoo prompt has. */
  readonly words: number;
  readonly unseen: readonly string[];
  /** Absent if the weight generator was trained without calibration. */
  readonly calibrated?: {
    readonly distance: number;
    /** Number of calibrated members; `nearerMembers` of them are nearer to the other members than this prompt. */
    readonly members: number;
    readonly nearerMembers: number;
    readonly expected?: ExpectedQuality;
    /** True if `expected` comes from concepts that the base was trained on, because there are too few others. */
    readonly flattered: boolean;
  };
}

/**
 * @param encoder prompt encoder of the weight generator
 * @param prompts prompts of the zoo
 * @param of the concept to start, whose own point, if it has one, is left out of its estimate
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

/** The estimate in sentences; none if there is no estimate. */
export function expectationLines({ calibrated }: StartEstimate): string[] {
  const expected = calibrated?.expected;
  if (!expected) return [];
  const { psnr, low, high, starts, coverage } = expected;
  const line =
    `expected at the start: ${psnr.toFixed(1)} dB (${low.toFixed(1)} to ${high.toFixed(1)} with ${(100 * coverage).toFixed(0)} % probability), ` +
    `from ${starts} leave-one-out starts at similar distance`;
  const flattery =
    'The base was trained on these concepts but not on a new one, which may start many decibels lower. ' +
    `For an unbiased estimate, hold out ${FEWEST_POINTS} concepts in addition to those to denoise (collect.holdOut).`;
  return calibrated.flattered ? [`${line}, at best`, flattery] : [line];
}

/** Reasons not to trust the start of this prompt, in sentences; none if the prompt is within the zoo. */
export function distanceWarnings({ words, unseen, calibrated }: StartEstimate): string[] {
  const warnings: string[] = [];
  if (unseen.length > 0) {
    warnings.push(
      `${unseen.length} of ${words} words were never seen in a zoo prompt (${unseen.join(', ')}), ` +
        'so the weights cannot know what they mean. Add weights to the zoo whose prompts use these words.',
    );
  }
  if (calibrated && calibrated.members > 0 && calibrated.nearerMembers >= OUTSIDE * calibrated.members) {
    warnings.push(
      `the prompt is further from the zoo than ${calibrated.nearerMembers} of its own ${calibrated.members} calibrated members ` +
        `(${calibrated.distance.toFixed(2)} words). Collect concepts with more similar prompts.`,
    );
  }
  return warnings;
}

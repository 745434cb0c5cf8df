import { METHODS, type Method, type SavedComparison } from '../../src/protocol/comparison.ts';
import { mean, median } from '../method/statistics.ts';
import { GOALS, REFERENCE_TIME, type Seed, trainingName } from './study.ts';

type ResultOf = (run: string) => Record<string, unknown> | undefined;
/** Seconds of training of each member that a run has collected. */
type MemberSeconds = (run: string) => readonly number[];

/** What one evaluation says about one start. */
interface Ended {
  readonly concept: string;
  readonly seed: Seed;
  readonly start: number;
  readonly end: number;
  readonly seconds: number;
}

/** The tables and verdicts of the study, as Markdown, from what has been measured so far. */
export function reportOf(
  seeds: readonly Seed[],
  concepts: readonly string[],
  resultOf: ResultOf,
  memberSeconds: MemberSeconds,
): string {
  const comparisons = seeds.flatMap((seed) =>
    concepts.flatMap((concept) => {
      const result = resultOf(`${trainingName(seed)}-evaluate-${concept}`);
      return result ? [{ seed, concept, comparison: result.comparison as SavedComparison }] : [];
    }),
  );
  const byMethod = (Object.keys(METHODS) as Method[]).map((method) => ({
    method,
    ended: comparisons.flatMap(({ seed, concept, comparison }) =>
      comparison.curves
        .filter((curve) => curve.method === method)
        .map(({ points }): Ended => {
          const [first, last] = [points[0]!, points.at(-1)!];
          return {
            concept,
            seed,
            start: Number(first.psnr),
            end: Number(last.psnr),
            seconds: last.seconds,
          };
        }),
    ),
  }));
  const rows = byMethod
    .filter(({ ended }) => ended.length > 0)
    .map(({ method, ended }) =>
      [
        METHODS[method],
        mean(ended.map(({ start }) => start)).toFixed(2),
        mean(ended.map(({ end }) => end)).toFixed(2),
        median(ended.map(({ seconds }) => seconds)).toFixed(1),
      ].join(' | '),
    );
  const ours = byMethod.find(({ method }) => method === 'denoised')!.ended;
  const reference = byMethod.find(({ method }) => method === 'pix2pix')!.ended;
  return [
    `${comparisons.length} of ${seeds.length * concepts.length} evaluations (${seeds.length} seeds, ${concepts.length} held-out concepts)`,
    '',
    '| start | PSNR at the start (dB) | PSNR at the end (dB) | seconds (median) |',
    '| --- | ---: | ---: | ---: |',
    ...rows.map((row) => `| ${row} |`),
    '',
    ...times(seeds, resultOf, memberSeconds, ours),
    ...quality(ours, reference),
  ].join('\n');
}

function times(
  seeds: readonly Seed[],
  resultOf: ResultOf,
  memberSeconds: MemberSeconds,
  ours: readonly Ended[],
): string[] {
  const bases = seeds.flatMap((seed) => secondsOf(resultOf(`${trainingName(seed)}-train-base`)));
  const members = seeds.flatMap((seed) => memberSeconds(`${trainingName(seed)}-collect`));
  const line = (what: string, seconds: readonly number[], goal: number) =>
    seconds.length === 0
      ? `- ${what}: not measured`
      : `- ${what}: ${median(seconds).toFixed(1)} s (median of ${seconds.length}); goal ${goal} s: ${median(seconds) <= goal ? 'reached' : 'missed'}`;
  return [
    line('base', bases, GOALS.base),
    line('zoo member', members, GOALS.member),
    line(
      'fine-tuning',
      ours.map(({ seconds }) => seconds),
      GOALS.fineTune,
    ),
  ];
}

/** The criterion: the mean PSNR of fine-tuned denoised weights is at least that of Pix2pix in ten times the time. */
function quality(ours: readonly Ended[], reference: readonly Ended[]): string[] {
  const pairs = ours.flatMap((own) => {
    const other = reference.find(({ concept, seed }) => concept === own.concept && seed === own.seed);
    return other ? [{ difference: own.end - other.end, times: other.seconds / own.seconds }] : [];
  });
  if (pairs.length === 0) return ['- quality: not measured'];
  const difference = mean(pairs.map((pair) => pair.difference));
  const least = Math.min(...pairs.map((pair) => pair.difference));
  const better = pairs.filter((pair) => pair.difference >= 0).length;
  return [
    `- quality: ${difference.toFixed(2)} dB above Pix2pix on average (lowest ${least.toFixed(2)}), at least as good in ${better} of ${pairs.length}; ` +
      `Pix2pix took ${median(pairs.map((pair) => pair.times)).toFixed(1)} times as long (asked for: ${REFERENCE_TIME}); ` +
      `goal: ${difference >= 0 ? 'reached' : 'missed'}`,
  ];
}

function secondsOf(result: { seconds?: unknown } | undefined): number[] {
  return typeof result?.seconds === 'number' ? [result.seconds] : [];
}

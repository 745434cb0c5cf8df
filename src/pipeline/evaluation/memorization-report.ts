import * as Plot from '@observablehq/plot';
import {
  type Memorization,
  type MemorizationVerdict,
  memorizationVerdict,
  type Spread,
} from './memorization.ts';
import { standaloneSvg } from './plot-svg.ts';

/** Most tensors that are listed by name. */
const MOST_TENSORS = 3;

/** Share of the usual distance between neighbors below which draws differ only by rounding. */
const SAME = 1e-4;

const decibels = (value: number) => `${value.toFixed(1)} dB`;
const figure = (value: number) => value.toPrecision(3);
const between = ({ median, low, high }: Spread, format: (value: number) => string) =>
  `${format(median)} (${format(low)} to ${format(high)})`;

/** The analysis in a few lines; the last one says whether the weights are a copy. */
export function memorizationLines(memorization: Memorization): string[] {
  const verdict = memorizationVerdict(memorization);
  const { nearest, nearestByPrompt, layers, draws } = memorization;
  const outside = layers.filter(({ within }) => !within);
  const named = outside
    .slice(0, MOST_TENSORS)
    .map(
      ({ name, norm, normRange: [low, high] }) =>
        `${name} (norm ${figure(norm)}, zoo ${figure(low)} to ${figure(high)})`,
    );
  const more = outside.length - named.length;
  return [
    `nearest in weights: ${nearest.map(({ concept, distance, likeness }) => `${concept} ${figure(distance)} (${decibels(likeness)})`).join(', ')}; ` +
      `by prompt: ${nearestByPrompt.concept} ${figure(nearestByPrompt.distance)} (${decibels(nearestByPrompt.likeness)})`,
    `zoo members from their nearest: ${between(verdict.distances, figure)} in weights, ${between(verdict.likenesses, decibels)} in pictures`,
    `norms and deviations: ${layers.length - outside.length} of ${layers.length} tensors within the zoo's ranges` +
      (named.length > 0 ? `; outside: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}` : ''),
    drawsLine(draws, verdict.distances.median),
    copySentence(memorization, verdict),
  ];
}

function drawsLine({ count, spread }: Memorization['draws'], usual: number): string {
  if (count === 1) return '1 seed: no spread to measure';
  return spread <= SAME * usual
    ? `${count} seeds: every draw gives the same weights`
    : `${count} seeds: draws are ${figure(spread)} apart, ${(spread / usual).toFixed(2)} times the members' median`;
}

function copySentence({ concept, nearest: [first] }: Memorization, verdict: MemorizationVerdict): string {
  const { ratio, distances, likenesses, mostAlike } = verdict;
  const numbers =
    `${concept} is ${figure(first!.distance)} from the nearest zoo member (${first!.concept}), ${ratio.toFixed(2)} times the ` +
    `members' median of ${figure(distances.median)}, and its pictures match those of ${mostAlike.concept} at ` +
    `${decibels(mostAlike.likeness)}; those of neighboring members match at ${decibels(likenesses.median)}`;
  const answers = { copy: 'Yes', close: 'Not a copy, but closer than members are to one another', new: 'No' };
  return `Is it a copy? ${answers[verdict.verdict]}: ${numbers}.`;
}

/** Histogram of the members' distances to their nearest, with the denoised weights' marked, as a stand-alone SVG. */
export function memorizationSvg(memorization: Memorization): string {
  const { memberDistances, nearest, concept } = memorization;
  const own = nearest[0]!;
  const top = Math.max(own.distance, ...memberDistances);
  return standaloneSvg({
    width: 760,
    height: 320,
    marginTop: 44,
    marginBottom: 44,
    x: {
      label: 'distance to the nearest zoo member (root mean square, standardized weights)',
      domain: [0, 1.05 * (top || 1)],
    },
    y: { label: 'zoo members', grid: true },
    marks: [
      Plot.rectY(
        memberDistances,
        Plot.binX<Plot.RectYOptions>({ y: 'count' }, { x: memberDistances, fill: '#8a8a8a', thresholds: 20 }),
      ),
      Plot.ruleY([0]),
      Plot.ruleX([own.distance], { stroke: '#0072b2', strokeWidth: 3 }),
      Plot.text([`${concept} to ${own.concept}`], {
        x: own.distance,
        frameAnchor: 'top',
        dy: -14,
        // The text extends away from the nearer edge.
        textAnchor: 2 * own.distance < top ? 'start' : 'end',
        fill: '#0072b2',
        fontWeight: 'bold',
      }),
    ],
  });
}

import { describe, expect, test } from 'vitest';
import { createBlockSplitter } from '../../../src/data/blocks.ts';
import { principalComponents, projectOnAxes } from '../../../src/data/principal-components.ts';
import { Random } from '../../../src/data/random.ts';
import type { Standardizer } from '../../../src/data/standardizer.ts';
import type { LayerManifest } from '../../../src/models/lora.ts';
import {
  blockStatistics,
  histogramPair,
  layerStatistics,
  type NamedWeights,
  nearestMembers,
  standardized,
  summarize,
  zooMap,
} from '../../../src/pipeline/metrics/weight-statistics.ts';

const floats = (...values: number[]) => Float32Array.from(values);

describe('summaries', () => {
  test('the moments of a known set, over its parts together', () => {
    expect(summarize([floats(2, 4, 4, 4), floats(5, 5, 7, 9)])).toEqual({
      count: 8,
      notFinite: 0,
      mean: 5,
      std: 2,
      min: 2,
      max: 9,
      norm: Math.sqrt(232),
    });
  });

  test('weights that are not finite are counted, and change nothing else', () => {
    const { notFinite, ...moments } = summarize([floats(2, Number.NaN, 4), floats(Infinity, 9, -Infinity)]);
    expect(notFinite).toBe(3);
    expect({ ...moments, notFinite: 0 }).toEqual(summarize([floats(2, 4, 9)]));
    expect(summarize([floats(Number.NaN)])).toMatchObject({ count: 0, notFinite: 1, norm: 0, min: 0 });
  });

  test('a constant has no deviation', () => {
    expect(summarize([new Float32Array(1000).fill(0.5)])).toMatchObject({ mean: 0.5, std: 0 });
  });
});

describe('histograms', () => {
  test('have area 1 for both sets, whatever their sizes', () => {
    const random = new Random(1);
    const own = random.fillNormal(new Float32Array(100));
    const zoo = random.fillNormal(new Float32Array(5000), 3);
    const { edges, ...densities } = histogramPair([own], [zoo], 32);
    const width = edges[1]! - edges[0]!;
    for (const density of Object.values(densities)) {
      expect(density.reduce((sum, value) => sum + value * width, 0)).toBeCloseTo(1, 9);
    }
    expect(edges[0]).toBe(Math.min(...own, ...zoo));
    expect(edges.at(-1)).toBeCloseTo(Math.max(...own, ...zoo), 6);
  });

  test('count each value in its bar, the largest in the last', () => {
    const { edges, weights, zoo } = histogramPair([floats(0, 1, 2, 4)], [floats(3, 3)], 4);
    expect(edges).toEqual([0, 1, 2, 3, 4]);
    expect(weights).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(zoo).toEqual([0, 0, 0, 1]);
  });

  test('leave out what is not finite', () => {
    const own = floats(0, Number.NaN, 1, 2, Infinity, 4);
    expect(histogramPair([own], [floats(3, 3)], 4)).toEqual(
      histogramPair([floats(0, 1, 2, 4)], [floats(3, 3)], 4),
    );
    const { edges, weights } = histogramPair([floats(Number.NaN)], [], 2);
    expect({ edges, weights }).toEqual({ edges: [-0.5, 0, 0.5], weights: [0, 0] });
  });

  test('of equal values is one bar', () => {
    const { edges, weights } = histogramPair([floats(2, 2)], [floats(2)], 4);
    expect([edges[0], edges.at(-1)]).toEqual([1.5, 2.5]);
    expect(weights).toEqual([0, 0, 4, 0]);
  });
});

const entry = (name: string, offset: number, size: number) => ({
  name,
  shape: [size],
  offset,
  size,
  layer: name,
  section: name,
  rank: 1,
});
const manifest: LayerManifest = [entry('first', 0, 3), entry('second', 3, 2)];

test('layers are cut where the manifest says', () => {
  const [first, second] = layerStatistics(manifest, floats(1, 1, 1, 3, 5), [floats(0, 0, 0, 2, 2)], 4);
  expect(first).toMatchObject({ name: 'first', weights: { count: 3, mean: 1 }, zoo: { mean: 0 } });
  expect(second).toMatchObject({
    name: 'second',
    weights: { count: 2, mean: 4, std: 1 },
    zoo: { norm: Math.sqrt(8) },
  });
});

test('a layer of few weights gets few bars', () => {
  const [few, many] = layerStatistics(
    [entry('few', 0, 8), entry('many', 8, 1000)],
    new Random(2).fillNormal(new Float32Array(1008)),
    [],
    96,
  );
  expect(few!.histogram.weights).toHaveLength(6);
  expect(many!.histogram.weights).toHaveLength(30);
});

describe('blocks', () => {
  const zoo = [floats(1, 1, 1, 1, 1), floats(3, 3, 3, 3, 3)];

  test('have the root mean square of their weights; padding does not count', () => {
    const splitter = createBlockSplitter(manifest, { blockSize: 4, grouping: 'within-layer' });
    const blocks = blockStatistics(splitter, manifest, floats(3, 4, 0, 6, 8), zoo);
    expect(blocks.size).toBe(4);
    expect(blocks.layer).toEqual(['first', 'second']);
    expect(blocks.rms[0]).toBeCloseTo(Math.sqrt(25 / 3), 12);
    expect(blocks.rms[1]).toBeCloseTo(Math.sqrt(50), 12);
    expect(blocks.zooMean).toEqual([2, 2]);
    expect(blocks.zooStd).toEqual([1, 1]);
  });

  test('name all layers that they come from', () => {
    const splitter = createBlockSplitter(manifest, { blockSize: 2, grouping: 'across-layers' });
    const { layer } = blockStatistics(splitter, manifest, floats(1, 2, 3, 4, 5), zoo);
    expect(layer).toEqual(['first', 'first to second', 'second']);
  });
});

describe('the zoo’s map', () => {
  /** Points of a plane in many dimensions: coordinates along two orthogonal directions, around a center. */
  function onPlane(coordinates: readonly (readonly [number, number])[]): Float32Array[] {
    const length = 200;
    const even = (i: number) => (i % 2 === 0 ? 1 / Math.sqrt(length / 2) : 0);
    const odd = (i: number) => (i % 2 === 1 ? 1 / Math.sqrt(length / 2) : 0);
    return coordinates.map(([x, y]) => Float32Array.from({ length }, (_, i) => 5 + x * even(i) + y * odd(i)));
  }

  test('finds the two directions of largest variance and their shares', () => {
    // Variances 2 * 3^2 / 4 and 2 * 1^2 / 4: shares 0.9 and 0.1.
    const plane = principalComponents(
      onPlane([
        [3, 0],
        [-3, 0],
        [0, 1],
        [0, -1],
      ]),
      2,
    );
    expect(plane.explained[0]).toBeCloseTo(0.9, 5);
    expect(plane.explained[1]).toBeCloseTo(0.1, 5);
    const [outside] = onPlane([[1.5, -0.5]]);
    const [x, y] = projectOnAxes(plane, outside!);
    expect(Math.abs(x!)).toBeCloseTo(1.5, 4);
    expect(Math.abs(y!)).toBeCloseTo(0.5, 4);
  });

  test('keeps every distance of points that lie in a plane, though both directions vary alike', () => {
    const coordinates: [number, number][] = [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
      [0.3, 0.4],
    ];
    const vectors = onPlane(coordinates);
    const plane = principalComponents(vectors, 2);
    const points = vectors.map((vector) => projectOnAxes(plane, vector));
    for (const [i, a] of coordinates.entries()) {
      for (const [j, b] of coordinates.entries()) {
        const expected = Math.hypot(a[0] - b[0], a[1] - b[1]);
        expect(Math.hypot(points[i]![0]! - points[j]![0]!, points[i]![1]! - points[j]![1]!)).toBeCloseTo(
          expected,
          4,
        );
      }
    }
  });

  test('of a single member has it in the middle and explains nothing', () => {
    const plane = principalComponents([floats(1, 2, 3)], 2);
    expect(projectOnAxes(plane, floats(1, 2, 3))).toEqual([0, 0]);
    expect(plane.explained).toEqual([0, 0]);
  });
});

describe('neighbors', () => {
  const standardizer: Standardizer = { mean: floats(0, 0, 0, 0), std: floats(1, 2, 1, 1) };
  const member = (concept: string, ...values: number[]): NamedWeights => ({
    concept,
    prompt: `make it ${concept}`,
    kind: 'zoo',
    vector: floats(...values),
  });
  const members = [member('far', 8, 0, 0, 0), member('near', 1, 2, 0, 0), member('opposite', -1, -2, 0, 0)];
  const zoo = standardized(standardizer, members);
  const [weights] = standardized(standardizer, [{ ...member('new', 1, 2, 0, 0), kind: 'denoised' }]);

  test('come nearest first, by standardized distance, with their cosine', () => {
    const found = nearestMembers(zoo, weights!.vector);
    expect(found.map(({ concept }) => concept)).toEqual(['near', 'opposite', 'far']);
    expect(found[0]).toMatchObject({ prompt: 'make it near', distance: 0, cosine: expect.closeTo(1, 6) });
    // Standardized: (1, 1, 0, 0) against (-1, -1, 0, 0), over the root of four values.
    expect(found[1]).toMatchObject({
      distance: expect.closeTo(Math.sqrt(2), 6),
      cosine: expect.closeTo(-1, 6),
    });
  });

  test('stand on the map beside the weights in question', () => {
    const { points } = zooMap(zoo, [weights!]);
    expect(points.map(({ concept, kind }) => `${concept} ${kind}`)).toEqual([
      'far zoo',
      'near zoo',
      'opposite zoo',
      'new denoised',
    ]);
    expect(points[3]!.x).toBeCloseTo(points[1]!.x, 9);
    expect(points[3]!.y).toBeCloseTo(points[1]!.y, 9);
  });
});

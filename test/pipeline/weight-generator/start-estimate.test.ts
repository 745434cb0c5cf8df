import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/data/random.ts';
import { wordTable } from '../../../src/data/word-table.ts';
import {
  type CalibrationPoint,
  distanceWarnings,
  estimateStart,
  expectationLines,
  expectedQuality,
  promptDistance,
} from '../../../src/pipeline/weight-generator/start-estimate.ts';

function point(
  distance: number,
  psnr: number,
  knownTo: CalibrationPoint['knownTo'] = 'zoo',
  concept = 'any',
): CalibrationPoint {
  return { concept, knownTo, distance, psnr };
}

describe('the distance of a prompt', () => {
  const PROMPTS = ['snow', 'fog', 'snow fog', 'night'];

  test('to equal prompts is what the uncertain mean leaves', async () => {
    // No features at all: the leverage is 1/n.
    const distance = await promptDistance(wordTable, ['snow', 'snow', 'snow', 'snow'], 'snow', 0.6);
    expect(distance).toBeCloseTo(Math.sqrt(0.6 / 4), 10);
  });

  test('shrinks along one word as ridge regression does', async () => {
    // Centered feature -1/2, 1/2: its products sum to 1/2, so that the leverage is 1/2 + (1/4) / (1/2 + lambda).
    for (const lambda of [0.1, 2]) {
      const expected = Math.sqrt(lambda * (1 / 2 + 1 / 4 / (1 / 2 + lambda)));
      expect(await promptDistance(wordTable, ['snow', ''], 'snow', lambda)).toBeCloseTo(expected, 10);
    }
  });

  test('grows by a whole word for each that was never seen', async () => {
    const squared = async (prompt: string) => (await promptDistance(wordTable, PROMPTS, prompt, 0.3)) ** 2;
    expect((await squared('snow dusk')) - (await squared('snow'))).toBeCloseTo(1, 10);
    expect((await squared('snow dusk mist')) - (await squared('snow'))).toBeCloseTo(2, 10);
  });

  test('is smaller for a new combination than for a new word, and smallest for what is there', async () => {
    const distance = (prompt: string) => promptDistance(wordTable, PROMPTS, prompt, 0.1);
    const ascending = await Promise.all(['snow', 'night fog', 'dusk'].map(distance));
    expect(ascending).toEqual([...ascending].sort((a, b) => a - b));
  });
});

describe('the quality to expect', () => {
  test('is that of the nearest third', () => {
    const points = [
      ...[1, 1.1, 1.2].map((distance, i) => point(distance, 20 + i)),
      ...[2, 2.1, 2.2, 3, 4, 5].map((distance) => point(distance, 5)),
    ];
    expect(expectedQuality(points, 1.15)).toEqual({ psnr: 21, low: 20, high: 22, starts: 3, coverage: 0.5 });
    expect(expectedQuality(points, 9)).toEqual({ psnr: 5, low: 5, high: 5, starts: 3, coverage: 0.5 });
  });

  test('is not told from fewer than three points', () => {
    expect(expectedQuality([point(1, 20), point(2, 21)], 1)).toBeUndefined();
  });

  test.each([
    ['normal', (random: Random) => 1.5 * random.normal()],
    ['one-sided', (random: Random) => -2 * Math.log(1 - random.uniform())],
  ])('covers about four in five new starts with %s deviations from a known relation', (_law, noise) => {
    const random = new Random(11).fork(_law);
    const draw = () => {
      const distance = 2 * random.uniform();
      return point(distance, 28 - 1.5 * distance + noise(random));
    };
    const trials = 2000;
    let covered = 0;
    let above = 0;
    for (let trial = 0; trial < trials; trial++) {
      const points = Array.from({ length: 24 }, draw);
      const { distance, psnr } = draw();
      const expected = expectedQuality(points, distance)!;
      if (psnr >= expected.low && psnr <= expected.high) covered++;
      if (psnr > expected.psnr) above++;
    }
    // Eight starts at their ends cover 7/9 of what is distributed alike.
    const { coverage } = expectedQuality(Array.from({ length: 24 }, draw), 1)!;
    expect(coverage).toBe(7 / 9);
    expect(Math.abs(covered / trials - coverage)).toBeLessThan(0.04);
    expect(Math.abs(above / trials - 0.5)).toBeLessThan(0.05);
  });

  test('follows the distance', () => {
    const random = new Random(12);
    const points = Array.from({ length: 24 }, (_, i) => point(i / 10, 30 - i + 0.1 * random.normal()));
    const at = (distance: number) => expectedQuality(points, distance)!.psnr;
    expect(at(0.3) - at(2)).toBeGreaterThan(10);
  });
});

describe('what is said of a prompt', () => {
  const PROMPTS = ['snow', 'fog', 'snow fog', 'night', 'night fog'];
  const calibration = {
    lambda: 0.3,
    points: [0.4, 0.5, 0.6, 0.7, 1].map((distance, i) => point(distance, 20 + i)),
  };

  test('within the zoo is what to expect, without a warning', async () => {
    const estimate = await estimateStart(await wordTable.fit(PROMPTS), PROMPTS, calibration, {
      name: 'new',
      prompt: 'night snow',
    });
    expect(estimate).toMatchObject({ words: 2, unseen: [], calibrated: { members: 5 } });
    expect(estimate.calibrated!.distance).toBe(await promptDistance(wordTable, PROMPTS, 'night snow', 0.3));
    const { psnr, low, high } = estimate.calibrated!.expected!;
    expect(expectationLines(estimate)).toEqual([
      `expected at the start: ${psnr.toFixed(1)} dB (${low.toFixed(1)} to ${high.toFixed(1)} with 50 % probability), from 3 leave-one-out starts at similar distance`,
    ]);
    expect(distanceWarnings(estimate)).toEqual([]);
  });

  test('outside of it is a warning that names words and members', async () => {
    const estimate = await estimateStart(await wordTable.fit(PROMPTS), PROMPTS, calibration, {
      name: 'new',
      prompt: 'much snow, much dusk',
    });
    expect(estimate.unseen).toEqual(['much', 'dusk']);
    expect(distanceWarnings(estimate)).toEqual([
      expect.stringMatching(/^2 of 3 words were never seen in a zoo prompt \(much, dusk\), so/),
      expect.stringMatching(
        /^the prompt is further from the zoo than 5 of its own 5 calibrated members \(\d\.\d\d words\)/,
      ),
    ]);
  });

  const expecting = async (points: CalibrationPoint[], name = 'new') =>
    estimateStart(
      await wordTable.fit(PROMPTS),
      PROMPTS,
      { lambda: 0.3, points },
      { name, prompt: 'night snow' },
    );
  const known = [1, 2, 3, 4].map((distance) => point(distance, 30, 'base', `known-${distance}`));
  const held = [10, 12, 14, 40].map((psnr) => point(1, psnr, 'neither', `held-${psnr}`));

  test('comes from concepts that the base has not seen, where there are three', async () => {
    const { calibrated } = await expecting([...known, ...held.slice(0, 3)]);
    expect(calibrated).toMatchObject({
      members: 4,
      flattered: false,
      expected: { low: 10, psnr: 12, high: 14 },
    });
  });

  test('does not come from the concept itself', async () => {
    const { calibrated } = await expecting([...known, ...held], 'held-40');
    expect(calibrated).toMatchObject({ flattered: false, expected: { low: 10, psnr: 12, high: 14 } });
    expect((await expecting(known, 'known-1')).calibrated).toMatchObject({ members: 3 });
  });

  test('from concepts that the base was trained on is called what it is', async () => {
    const estimate = await expecting([...known, ...held.slice(0, 2)]);
    expect(estimate.calibrated!.flattered).toBe(true);
    const [line, flattery] = expectationLines(estimate);
    expect(line).toMatch(/at similar distance, at best$/);
    expect(flattery).toMatch(
      /^The base was trained on these concepts but not on a new one.*\(collect\.holdOut\)/,
    );
  });

  test('without calibration is no estimate', async () => {
    const estimate = await estimateStart(await wordTable.fit(PROMPTS), PROMPTS, undefined, {
      name: 'new',
      prompt: 'dusk',
    });
    expect(estimate).toEqual({ words: 1, unseen: ['dusk'] });
    expect(expectationLines(estimate)).toEqual([]);
    expect(distanceWarnings(estimate)).toHaveLength(1);
  });
});

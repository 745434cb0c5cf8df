import { describe, expect, test } from 'vitest';
import { ablationsSvg, curvesSvg, startsSvg } from '../../bench/method/charts.ts';
import { benchConcepts, DISTANCES } from '../../bench/method/concepts.ts';
import type { CurvePoint } from '../../bench/method/curve.ts';
import { conceptsOf } from '../../bench/method/project.ts';
import { type Case, type MethodReport, methodMarkdown } from '../../bench/method/report.ts';
import { SCALES } from '../../bench/method/scale.ts';
import { START_NAMES, type StartName } from '../../bench/method/work.ts';
import { promptWords } from '../../src/project/prompt-words.ts';

const point = (steps: number, psnr: number): CurvePoint => ({
  steps,
  psnr,
  ssim: 0.9,
  l1: 0.05,
  patchFd: 1,
});

/** Every start begins at `start` dB and gains 2 dB in 5 steps and 6 in all 100; the references end where they are told. */
function caseOf(concept: string, start: number, standard: number, tuned: number): Case {
  const curve = [point(0, start), point(5, start + 2), point(100, start + 6)];
  const names = Object.keys(START_NAMES) as StartName[];
  return {
    seed: 1,
    concept,
    distance: 'combination',
    fineTuned: Object.fromEntries(names.map((name) => [name, curve])),
    lengths: { 25: curve, 100: curve, 300: curve },
    references: {
      standard: [point(0, 5), point(1500, standard)],
      tuned: [point(0, 5), point(1500, tuned)],
      muon: [point(0, 5), point(1500, tuned + 3)],
    },
  };
}

const scratch = {
  generator: 'resnet',
  learningRate: 2e-4,
  batchSize: 1,
  schedule: 'linear',
  beta1: 0.5,
  beta2: 0.999,
  discriminatorEvery: 1,
  steps: 1500,
} as const;
const ours = { learningRate: 2e-3, trainable: 'all', warmup: 5, steps: 100 } as const;

const report: MethodReport = {
  scale: 'full',
  date: '2026-01-01T00:00:00Z',
  processor: 'a processor',
  seeds: [1],
  distances: ['combination'],
  concepts: [{ name: 'a', prompt: 'a', role: 'test', distance: 'combination' }],
  cases: [caseOf('a', 26, 27, 40), caseOf('b', 28, 29, 33), caseOf('c', 20, 19, 40)],
  settings: { ours, fresh: ours, standard: scratch, tuned: scratch, muon: { ...scratch, optimizer: 'muon' } },
  sweeps: {
    ours: [{ settings: ours, psnr: 30 }],
    fresh: [{ settings: ours, psnr: 28 }],
    tuned: [{ settings: scratch, psnr: 31 }],
    muon: [{ settings: { ...scratch, optimizer: 'muon' }, psnr: 35 }],
  },
  milliseconds: { 'fine-tune': 20, standard: 10, tuned: 20, muon: 25 },
  zoos: [{ seconds: { base: 100, zoo: 50 }, parameters: {}, members: [30] }],
  generators: [{ seed: 1, variant: '', seconds: 30, blocks: 10, parameters: 1000 }],
  alternatives: [
    {
      seed: 1,
      concept: 'a',
      candidates: {
        drawn: { psnr: [20, 25, 22], chosen: 2, toNearestMember: [0.1, 0.2, 0.3], betweenDraws: 0.2 },
        'one answer': { psnr: [21], chosen: 0, toNearestMember: [0.2] },
      },
    },
  ],
  ablations: [{ title: 'Block size', rows: [{ label: '128', psnr: 25 }] }],
};

/** Cells of the row that begins with these. */
function row(markdown: string, ...first: string[]): string[] {
  const line = markdown.split('\n').find((candidate) => candidate.startsWith(`| ${first.join(' | ')} |`));
  return line!
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('the report of the method benchmark', () => {
  const markdown = methodMarkdown(report);

  test('counts steps, and time by the milliseconds of each step', () => {
    // Quality is reached after 5, 5 and 0 steps; 1500 steps of 10 ms against 5 of 20.
    expect(row(markdown, 'Pix2pix, standard', '100 steps')).toEqual([
      'Pix2pix, standard',
      '100 steps',
      '+5.67 ± 0.67',
      '100 % (3 of 3)',
      '100 % in 100x fewer steps',
      '5',
      '300x',
      '150x',
      '7.5x',
    ]);
  });

  test('claims no factor where fewer than half get there', () => {
    expect(row(markdown, 'Pix2pix, tuned', '100 steps').slice(3)).toEqual([
      '33 % (1 of 3)',
      '33 % in 15x fewer steps',
      'not reached',
      '',
      '',
      '15.0x',
    ]);
  });

  test('says what the one-off work costs and when it pays', () => {
    // 180 s once; 15 s and 30 s a concept from scratch against 2 s.
    expect(markdown).toContain('180 in all');
    expect(markdown).toContain('(15.0 s a concept) after 14 concepts');
    expect(markdown).toContain('(30.0 s a concept) after 7 concepts');
  });

  test('keeps the chosen draw apart from the best one', () => {
    expect(row(markdown, 'drawn')).toEqual(['drawn', '3', '22.00', '22.00', '25.00', '0.200', '0.200']);
    expect(row(markdown, 'one answer').at(-1)).toBe('');
  });

  test('draws what the table says', () => {
    expect(curvesSvg(report)).toContain('Denoised start');
    expect(startsSvg(report)).toContain(START_NAMES.ridge);
    expect(ablationsSvg(report)).toContain('Block size: 128');
  });
});

describe('the concepts of the method benchmark', () => {
  const concepts = benchConcepts();
  const prompts = (role: string) => concepts.filter((concept) => concept.role === role);
  const zooWords = new Set(prompts('zoo').flatMap(({ prompt }) => promptWords(prompt)));

  test('hold out what they say', () => {
    const zooPrompts = new Set(prompts('zoo').map(({ prompt }) => prompt));
    for (const { prompt, distance } of prompts('test')) {
      const unseen = promptWords(prompt).filter((word) => !zooWords.has(word));
      if (distance === 'word') expect(unseen.length).toBeGreaterThan(0);
      else expect(unseen).toEqual([]);
      expect(zooPrompts.has(prompt)).toBe(distance === 'ambiguous');
    }
    expect(prompts('test').length).toBeGreaterThanOrEqual(16);
  });

  test('have names of their own', () => {
    expect(new Set(concepts.map(({ name }) => name)).size).toBe(concepts.length);
  });

  test('of the quick form have every kind', () => {
    const quick = conceptsOf(SCALES.quick).filter(({ role }) => role === 'test');
    expect(new Set(quick.map(({ distance }) => distance))).toEqual(new Set(DISTANCES));
  });
});

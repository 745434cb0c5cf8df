import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readArtifacts } from '../../../src/extension/artifacts/project-artifacts.ts';
import { NO_STATUS } from '../../../src/extension/runs/run-status.ts';
import { conceptListText } from '../../../src/extension/tools/concept-list-text.ts';
import { fitBudget } from '../../../src/extension/tools/fit-budget.ts';
import { problemListText } from '../../../src/extension/tools/problem-list-text.ts';
import { runText } from '../../../src/extension/tools/run-text.ts';
import { statisticsText } from '../../../src/extension/tools/statistics-text.ts';
import { loadProject } from '../../../src/project/load.ts';
import type { LayerStatistics, WeightStatistics, WeightSummary } from '../../../src/protocol/statistics.ts';
import { folderOf, runOf, SMALL_PROJECT } from './small-project.ts';

test('a concept has its prompt, tags, pairs, role and what its stages have made', async () => {
  const folder = folderOf({
    ...SMALL_PROJECT,
    'base/fast.safetensors': '',
    'zoo/0123456789ab/fog.safetensors': '',
    '.dnw/pairs/snow-0123.safetensors': '',
    'weights/snow/denoised.safetensors': '',
    'concepts/broken.concept.yaml': 'prompt: [no, text]\n',
  });
  const project = await loadProject(folder);
  const measured = { ...NO_STATUS, metrics: { step: 9, values: { 'quality/psnr': 21.375 } } };
  const runs = [runOf(folder, 'b', { state: 'running' }), runOf(folder, 'a', { status: measured })];
  const text = conceptListText(project, project.concepts, await readArtifacts(folder), runs);
  const lines = text.split('\n');
  expect(lines.slice(0, 6)).toEqual([
    `Project ${folder}`,
    'Training configs: fast',
    'Trained base generators: fast',
    'Zoos (number of members): on base 0123456789ab (1)',
    'Trained weight generators: none',
    'Concept files omitted because of errors (see dnw_validateProject): broken.concept.yaml',
  ]);
  expect(lines).toContain(
    '- snow: prompt "make it \\"snow\\""; tags: weather; pairs: images to effects sepia, fog; in the zoo of fast; has: pairs, denoised weights; active run: b; latest metrics: quality/psnr 21.38 (run a)',
  );
  expect(lines).toContain(
    '- fog: prompt "make it foggy"; tags: weather; pairs: images to effects sepia, fog; in the zoo of fast; has: zoo member',
  );
  expect(lines).toContain(
    '- night: prompt "at night"; tags: held-out; pairs: aligned images in images (AtoB); held out by fast; has: none',
  );
});

test('a list of very many concepts says how many it leaves out', async () => {
  const project = await loadProject(folderOf(SMALL_PROJECT));
  const many = Array.from({ length: 103 }, () => project.concepts[0]!);
  const text = conceptListText(project, many, await readArtifacts(project.folder), []);
  expect(text.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(100);
  expect(text.endsWith('(3 more concepts omitted: specify `tag`)')).toBe(true);
});

test('a problem has its file, line, message, remedy and what fixes it; errors come first', async () => {
  const folder = folderOf({
    ...SMALL_PROJECT,
    'a.training.yaml': 'extends: preset:fast\nimage: { test: 16 }\n',
    'concepts/snow.concept.yaml': 'promt: x\npairs: { aligned: ../images }\n',
  });
  const file = join(folder, 'concepts/snow.concept.yaml');
  const lines = problemListText(await loadProject(folder), [file]).split('\n');
  expect(lines.slice(0, 3)).toEqual([
    `Project ${folder}`,
    'Errors: 1. Warnings: 1. Without errors: training configs a, fast; 3 concepts.',
    `Checked with unsaved changes in the editor: ${file}`,
  ]);
  expect(lines[3]).toMatch(
    /^- .*snow\.concept\.yaml:1:1: error: .*Did you mean.*; replace "promt" with "prompt"\)$/,
  );
  expect(lines[4]).toMatch(/^- .*a\.training\.yaml:2:16: warning: .*too few.*\(key image\.test\)$/);
  expect(lines).toHaveLength(5);
});

test('a project without mistakes says so', async () => {
  const folder = folderOf(SMALL_PROJECT);
  expect(problemListText(await loadProject(folder), [])).toBe(
    `Project ${folder}\nErrors: 0. Warnings: 0. Without errors: training configs fast; 4 concepts.`,
  );
});

test('a run that trains has its progress, time left, device and metrics', () => {
  const run = runOf('/p', 'r', {
    state: 'running',
    stopping: true,
    status: {
      ...NO_STATUS,
      checkpointed: true,
      parts: { total: 8, titles: ['Prepare pairs', 'Train the base generator'] },
      progress: { message: 'training', done: 300, total: 400, unit: 'steps', etaSeconds: 100 },
      metrics: { step: 300, series: 'denoised', values: { 'quality/psnr': 21.375, 'loss/l1': 0.1 } },
      device: 'cpu',
      deviceReason: 'no GPU',
    },
  });
  expect(runText(run).split('\n')).toEqual([
    'Run: r',
    'Project: /p',
    'Stage: fine-tune',
    'About: snow',
    'Training config: fast.training.yaml',
    'State: running (stop requested)',
    'Part: 2 of 8, Train the base generator',
    'Progress: training, 300 of 400 steps, 75 %',
    'Time left: 1 min 40 s (100 s)',
    'Device: cpu (no GPU)',
    'Latest metrics: quality/psnr 21.38, loss/l1 0.1 (step 300, denoised)',
  ]);
});

test('a run that failed has its error, what it took, its files, and whether it can go on', () => {
  const folder = folderOf({ 'runs/r/events.jsonl': '', 'runs/r/engine.log': '' });
  const failed = { ...NO_STATUS, seconds: 12, error: 'The disk is full.', errorCode: 'DNW-180' };
  const lines = runText(runOf(folder, 'r', { state: 'failed', stopping: true, status: failed })).split('\n');
  expect(lines.slice(5)).toEqual([
    'State: failed',
    'Time taken: 12 s (12 s)',
    'Error: The disk is full.',
    'Error code: DNW-180',
    'Resumable: yes, but from the beginning, since it has no checkpoint',
    `Events: ${join(folder, 'runs/r/events.jsonl')}`,
    `Log: ${join(folder, 'runs/r/engine.log')}`,
  ]);
});

test('a run that the engine has not begun has no more than its state', () => {
  expect(runText({ ...runOf('/p', 'r', { state: 'queued' }), record: undefined })).toBe(
    'Run: r\nProject: /p\nState: queued',
  );
});

/** Moments of `count` weights that are all of this size. */
function moments(count: number, size: number, notFinite = 0): WeightSummary {
  return { count, notFinite, mean: 0, std: size, min: -size, max: size, norm: size * Math.sqrt(count) };
}

function layer(name: string, own: number, zoo: number, notFinite = 0): LayerStatistics {
  const histogram = { edges: [], weights: [], zoo: [] };
  // A zoo of four members of 25 weights each.
  return {
    name,
    shape: [5, 5],
    rank: 2,
    weights: moments(25, own, notFinite),
    zoo: moments(100, zoo),
    histogram,
  };
}

function statistics(layers: LayerStatistics[]): WeightStatistics {
  return {
    training: 'fast',
    concept: 'snow',
    weights: { kind: 'denoised', label: 'denoised', file: 'weights/snow/denoised.safetensors', modified: 0 },
    zooMembers: 4,
    summary: { weights: moments(50, 0.2), zoo: moments(200, 0.1) },
    histogram: { edges: [], weights: [], zoo: [] },
    layers,
    blocks: { size: 256, layer: [], rms: [], zooMean: [], zooStd: [] },
    map: { points: [], explained: [0, 0] },
    nearest: [{ concept: 'fog', prompt: 'make it foggy', distance: 0.81234, cosine: 0.5 }],
  };
}

test('a layer has its norm and deviation beside those of one zoo member', () => {
  const made = statistics([layer('a.up', 0.2, 0.1), layer('b.up', 0.1, 0.1, 3)]);
  const lines = statisticsText(made, made.layers).split('\n');
  expect(lines[0]).toContain('snow: denoised, weights/snow/denoised.safetensors; training config fast');
  // 25 weights of 0.2 have the norm 1; 25 of 0.1, as each member has, the norm 0.5.
  expect(lines).toContain('| a.up | 5x5 | 2 | 1 | 0.5 | 2 | 0.2 | 0.1 | 0 |');
  expect(lines).toContain('| b.up | 5x5 | 2 | 0.5 | 0.5 | 1 | 0.1 | 0.1 | 3 |');
  expect(lines).toContain('| (all layers) |  |  | 1.414 | 0.7071 | 2 | 0.2 | 0.1 | 0 |');
  expect(lines.at(-1)).toMatch(/: fog \(distance 0\.8123, cosine 0\.5\)$/);
});

test('of very many layers those are left out that are nearest to the zoo and finite', () => {
  const usual = Array.from({ length: 81 }, (_, i) => layer(`usual.${i}`, 0.1, 0.1));
  const layers = [
    ...usual.slice(0, 40),
    layer('small', 0.05, 0.1),
    ...usual.slice(40),
    layer('nan', 0.1, 0.1, 1),
  ];
  const made = statistics(layers);
  const lines = statisticsText(made, layers).split('\n');
  const names = lines.flatMap((line) => /^\| (usual\.\d+|small|nan) \|/.exec(line)?.[1] ?? []);
  expect(names).toHaveLength(80);
  expect(names[40]).toBe('small');
  expect(names.at(-1)).toBe('nan');
  expect(lines).toContain('(3 layers closest to the zoo omitted: specify `layer` to see them)');
});

test('statistics of weights that are near nothing say so', () => {
  const made = { ...statistics([layer('a', 0.1, 0)]), nearest: [] };
  const lines = statisticsText(made, made.layers).split('\n');
  expect(lines).toContain('| a | 5x5 | 2 | 0.5 | 0 | - | 0.1 | 0 | 0 |');
  expect(lines.at(-1)).toMatch(/: none$/);
});

const letters = (text: string) => Promise.resolve(text.length);

test('a text within the budget stays as it is', async () => {
  expect(await fitBudget('one\ntwo', 7, letters)).toBe('one\ntwo');
});

test('a text over the budget keeps as many of its first lines as fit', async () => {
  const lines = Array.from({ length: 200 }, (_, i) => `line ${i}`);
  const fitted = await fitBudget(lines.join('\n'), 300, letters);
  expect(fitted.length).toBeLessThanOrEqual(300);
  const kept = fitted.split('\n').slice(0, -1);
  expect(kept).toEqual(lines.slice(0, kept.length));
  expect(fitted.split('\n').at(-1)).toBe(`(${200 - kept.length} more lines omitted: narrow the request)`);
  // One line more would not fit.
  expect(fitted.length + lines[kept.length]!.length + 1).toBeGreaterThan(300);
});

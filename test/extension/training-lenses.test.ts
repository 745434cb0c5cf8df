import { expect, test, vi } from 'vitest';
import type * as vscode from 'vscode';
import { NO_ARTIFACTS } from '../../src/extension/artifacts/project-artifacts.ts';
import { COMMANDS } from '../../src/extension/identifiers.ts';
import type { Run } from '../../src/extension/runs/run-state.ts';
import type { Services } from '../../src/extension/services.ts';
import { TrainingLenses } from '../../src/extension/trainings/training-lenses.ts';

vi.mock('vscode', () => ({
  EventEmitter: class {
    readonly event = () => undefined;
    fire() {}
  },
  Range: class {
    constructor(readonly line: number) {}
  },
  CodeLens: class {
    constructor(
      readonly range: { line: number },
      readonly command: vscode.Command,
    ) {}
  },
  l10n: { t: (text: string, ...values: unknown[]) => text.replace(/\{(\d)\}/g, (_, i) => String(values[i])) },
}));

const FILE = '/project/quick.training.yaml';
const uri = { fsPath: FILE };

async function lenses(text: string, { made = NO_ARTIFACTS, runs = [] as Partial<Run>[] } = {}) {
  const services = {
    projects: {
      onDidChange: () => {},
      projects: [{ folder: '/project', trainings: [{ name: 'quick', path: FILE }] }],
    },
    artifacts: { onDidChange: () => {}, of: () => made },
    runs: { onDidChange: () => {}, runs },
  } as unknown as Services;
  const document = { uri, getText: () => text } as unknown as vscode.TextDocument;
  const found = await new TrainingLenses(services).provideCodeLenses(document);
  return found.map(({ range, command }) => ({
    line: (range as unknown as { line: number }).line,
    ...command!,
  }));
}

test('each stage is offered for the config, above its section', async () => {
  const found = await lenses('extends: preset:fast\nbase: { steps: 3 }\ncollect:\n  steps: 2\n');
  expect(found.map(({ line, title, command }) => [line, title, command])).toEqual([
    [0, 'Prepare Pairs', COMMANDS.preparePairs],
    [1, 'Train Base', COMMANDS.trainBase],
    [2, 'Collect Zoo', COMMANDS.collectZoo],
    [0, 'Train Weight Generator', COMMANDS.trainWeightGenerator],
    [0, 'Fine-Tune...', COMMANDS.fineTuneConcept],
    [0, 'Evaluate...', COMMANDS.evaluateConcept],
  ]);
  expect(found.every(({ arguments: [target] = [] }) => target === uri)).toBe(true);
});

test('a stage that has made its file is ticked, and one that runs shows how far it is', async () => {
  const artifact = { file: 'base/quick.safetensors', modified: 0, size: 0 };
  const run = {
    project: '/project',
    state: 'running',
    record: { stage: 'collect', training: 'quick.training.yaml' },
    status: { progress: { done: 1, total: 4 } },
  } as unknown as Run;
  const other = {
    ...run,
    record: { ...run.record, stage: 'train-generator', training: 'slow.training.yaml' },
  };
  const found = await lenses('seed: 1\n', {
    made: { ...NO_ARTIFACTS, bases: new Map([['quick', artifact]]) },
    runs: [run, other as Run],
  });
  expect(found.slice(1, 4).map(({ title }) => title)).toEqual([
    '$(check) Train Base',
    '$(sync~spin) 25 %',
    'Train Weight Generator',
  ]);
  expect(found[2]).toMatchObject({ command: COMMANDS.openRun, arguments: [run] });
});

test('a file that is no config of a project has none', async () => {
  const services = {
    projects: { onDidChange: () => {}, projects: [] },
    artifacts: { onDidChange: () => {} },
    runs: { onDidChange: () => {} },
  } as unknown as Services;
  const document = { uri, getText: () => 'seed: 1\n' } as unknown as vscode.TextDocument;
  expect(await new TrainingLenses(services).provideCodeLenses(document)).toEqual([]);
});

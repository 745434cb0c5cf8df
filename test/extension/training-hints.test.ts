import { expect, test, vi } from 'vitest';
import type * as vscode from 'vscode';
import type { Run } from '../../src/extension/runs/run-state.ts';
import { NO_STATUS } from '../../src/extension/runs/run-status.ts';
import type { Services } from '../../src/extension/services.ts';
import { TrainingHints } from '../../src/extension/trainings/training-hints.ts';
import { trainingSchema } from '../../src/project/schema/training-schema.ts';

vi.mock('vscode', () => ({
  EventEmitter: class {
    readonly event = () => undefined;
    fire() {}
  },
  Position: class {
    constructor(
      readonly line: number,
      readonly character: number,
    ) {}
  },
  InlayHint: class {
    constructor(
      readonly position: vscode.Position,
      readonly label: string,
    ) {}
  },
  InlayHintKind: { Type: 1 },
  l10n: { t: (text: string, ...values: unknown[]) => text.replace(/\{(\d)\}/g, (_, i) => String(values[i])) },
}));

const FILE = '/project/quick.training.yaml';
const TEXT = `generator:
  channels: 12
lora: { rank: 16 }
weightGenerator: { steps: 400 }
collect:
  steps: 40
fineTune: { steps: 100 }
`;
const CONFIG = trainingSchema.parse({ collect: { steps: 40 }, fineTune: { steps: 100 } });
const SIZES = {
  generator: 85_123,
  discriminator: 9000,
  lora: 41_000,
  denoiser: 100_000,
  blocks: 161,
  blockSize: 256,
};

const run = (change: Partial<Run> = {}): Run =>
  ({
    project: '/project',
    id: '20261128-fine-tune',
    // Threads as the run has resolved them, and a device that it was told to take.
    record: {
      training: 'quick.training.yaml',
      config: JSON.parse(JSON.stringify({ ...CONFIG, threads: 2, device: 'cpu' })),
    },
    status: {
      ...NO_STATUS,
      device: 'cpu',
      pace: {
        ended: [
          { stage: 'collect', steps: 100, seconds: 5 },
          { stage: 'fine-tune', steps: 50, seconds: 4 },
        ],
      },
    },
    ...change,
  }) as Run;

async function hints(options: { runs?: Run[]; isDirty?: boolean; sizes?: () => Promise<unknown> } = {}) {
  const { runs = [], isDirty = false, sizes = async () => SIZES } = options;
  const concepts = ['fog', 'snow', 'dusk'].map((name) => ({ name, prompt: name, tags: [] }));
  const services = {
    projects: {
      onDidChange: () => {},
      projects: [
        { folder: '/project', concepts, trainings: [{ name: 'quick', path: FILE, config: CONFIG }] },
      ],
    },
    runs: { onDidChange: () => {}, runs },
    engine: { requests: { request: sizes } },
  } as unknown as Services;
  const document = { uri: { fsPath: FILE }, getText: () => TEXT, isDirty } as unknown as vscode.TextDocument;
  const everything = { contains: () => true } as unknown as vscode.Range;
  const token = { isCancellationRequested: false } as vscode.CancellationToken;
  const found = await new TrainingHints(services).provideInlayHints(document, everything, token);
  return found.map(({ position: { line, character }, label, tooltip }) => ({
    line,
    character,
    label,
    tooltip,
  }));
}

test('the sizes of the networks stand behind their sections', async () => {
  expect((await hints()).map(({ line, label }) => [line, label])).toEqual([
    [0, '85,123 parameters'],
    [2, '41,000 trained values'],
    [3, '161 blocks, 100,000 parameters'],
  ]);
  expect((await hints())[0]).toMatchObject({ character: 'generator:'.length });
});

test('the time that steps will take is that of the newest run with steps of the same cost', async () => {
  const other = trainingSchema.parse({ fineTune: { batchSize: 1 } });
  const ofOtherCost = run({ record: { ...run().record!, config: other } });
  const found = await hints({ runs: [ofOtherCost, run()] });
  const times = found.filter(({ label }) => `${label}`.startsWith('≈'));
  expect(times).toMatchObject([
    // 3 concepts of 40 steps, at 5 s / 100; and from the other config as well, of which only fine-tuning differs.
    { line: 5, label: '≈ 6 s on cpu' },
    {
      line: 6,
      label: '≈ 8 s on cpu',
      tooltip: '100 steps at 80 ms each, as measured in run 20261128-fine-tune on cpu.',
    },
  ]);
});

test('runs of other projects and other configs say nothing', async () => {
  const elsewhere = run({ project: '/other' });
  const ofOther = run({ record: { ...run().record!, training: 'slow.training.yaml' } });
  const found = await hints({ runs: [elsewhere, ofOther] });
  expect(found.filter(({ label }) => `${label}`.startsWith('≈'))).toEqual([]);
});

test('a file with unsaved changes has none, nor sizes one that the engine refuses', async () => {
  expect(await hints({ isDirty: true, runs: [run()] })).toEqual([]);
  const refused = async () => {
    throw new Error('image.size does not fit');
  };
  expect((await hints({ sizes: refused, runs: [run()] })).map(({ line }) => line)).toEqual([5, 6]);
});

import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../src/protocol/events.ts';
import { Engine, type Finished } from './engine-process.ts';
import { makeProject, writeConcept } from './example-project.ts';

let engine: Engine;
/** A project whose quickstart was not interrupted. */
let whole: string;
beforeAll(async () => {
  engine = await Engine.build();
  whole = await tinyProject();
  await succeed('quickstart', '--project', whole);
});

// Many more than pass between the first checkpoint and the signal.
const STEPS = 60;

const CONFIG = `extends: preset:fast
device: cpu
threads: 1
image: {size: 32, train: 4, test: 2}
generator: {channels: 4, transformerHeads: 2}
discriminator: {channels: 4, every: 2}
base: {steps: ${STEPS}, batchSize: 2, checkpointEvery: 4}
lora: {rank: 2}
collect: {holdOut: [dusk], steps: 12, batchSize: 2, checkpoints: 2, checkpointEvery: 4}
weightGenerator: {blockSize: 64, channels: 4, heads: 2, embedding: 8, steps: ${STEPS}, batchSize: 4, checkpointEvery: 4}
fineTune: {steps: ${STEPS}, batchSize: 2, sampleEvery: 30, checkpointEvery: 4, snapshots: 2}
evaluate: {images: 2, baselines: [fresh, pix2pix], scratch: {channels: 4, blocks: 1, steps: 12, batchSize: 2}}
`;

async function tinyProject(): Promise<string> {
  const project = await makeProject();
  writeConcept(project, 'dusk', 'thick snow');
  writeConcept(project, 'sepia', 'make it sepia');
  writeFileSync(join(project, 'tiny.training.yaml'), CONFIG);
  return project;
}

/** Every file below some folders of a project, by path. */
function filesIn(project: string, folders: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const folder of folders) {
    const entries = readdirSync(join(project, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((found) => found.isFile())) {
      const path = join(entry.parentPath, entry.name);
      files.set(path.slice(project.length), readFileSync(path).toString('base64'));
    }
  }
  return files;
}

/** Name and content of all weights that runs kept on the way. */
function snapshotsIn(project: string): [name: string, content: string][] {
  return [...filesIn(project, ['runs'])]
    .filter(([path]) => basename(dirname(path)) === 'snapshots')
    .map(([path, content]) => [basename(path), content]);
}

/** Starts a command and signals it as soon as an event of its output is what is waited for. */
async function interrupt(
  args: readonly string[],
  signal: NodeJS.Signals,
  at: (event: RunEvent) => boolean,
): Promise<Finished> {
  const { process: child, finished } = engine.start([...args, '--json']);
  let rest = '';
  for (let found = false; !found; ) {
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop()!;
    found = lines.some((line) => at(JSON.parse(line) as RunEvent));
  }
  child.kill(signal);
  return finished;
}

async function succeed(...args: string[]): Promise<void> {
  const { code, stderr } = await engine.run(args);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
}

/** Folders of what the stages make. */
const WEIGHTS = ['base', 'zoo', 'weight-generators', 'weights', 'translated'];

const isCheckpoint = (event: RunEvent) => event.type === 'checkpoint';

const STAGES: readonly (readonly [stage: string, made: readonly string[], concept: boolean])[] = [
  ['train-base', ['base'], false],
  ['collect', ['zoo'], false],
  ['train-generator', ['weight-generators'], false],
  ['denoise', ['weights'], true],
  ['fine-tune', ['weights'], true],
];

/** What was made along the way and in the end is what was made without interruption. */
function expectAsWhole(broken: string, folders: readonly string[]): void {
  expect(filesIn(broken, folders)).toEqual(filesIn(whole, folders));
  expect(snapshotsIn(whole).map(([name]) => name)).toEqual(['000020.safetensors', '000040.safetensors']);
  expect(snapshotsIn(broken)).toEqual(snapshotsIn(whole));
}

test('every stage, stopped at a checkpoint, ends resumed with the bytes of one that was not', async () => {
  const broken = await tinyProject();
  const expected = filesIn(whole, WEIGHTS);
  for (const [stage, made, concept] of STAGES) {
    const about = [stage, '--project', broken, ...(concept ? ['--concept', 'dusk'] : [])];
    if (stage === 'denoise') await succeed(...about);
    else {
      const { code, signal } = await interrupt(about, 'SIGINT', isCheckpoint);
      expect([stage, code, signal]).toEqual([stage, 130, null]);
      await succeed(stage, '--project', broken, '--resume');
    }
    const found = filesIn(broken, made);
    expect([stage, found.size]).not.toEqual([stage, 0]);
    for (const [path, content] of found)
      expect([stage, path, content === expected.get(path)]).toEqual([stage, path, true]);
  }
  expectAsWhole(broken, [...new Set(STAGES.flatMap(([, made]) => made))]);
});

/** What was measured, without how long it took. */
function withoutTimes(result: unknown): unknown {
  return JSON.parse(JSON.stringify(result, (key, value) => (key === 'seconds' ? undefined : value)));
}

test('the quickstart, killed in every stage that has checkpoints, ends as one that was not', async () => {
  const broken = await tinyProject();
  const during = (stage: string) => {
    let inside = false;
    return (event: RunEvent) => {
      if (event.type === 'stage') inside = event.stage === stage;
      return inside && isCheckpoint(event);
    };
  };
  for (const stage of ['train-base', 'collect', 'train-generator', 'fine-tune', 'evaluate']) {
    const resume = stage === 'train-base' ? [] : ['--resume'];
    const { code, signal } = await interrupt(
      ['quickstart', '--project', broken, ...resume],
      'SIGKILL',
      during(stage),
    );
    expect([stage, code, signal]).toEqual([stage, null, 'SIGKILL']);
  }
  await succeed('quickstart', '--project', broken, '--resume');
  expectAsWhole(broken, WEIGHTS);
  const comparison = (project: string) => {
    const run = readdirSync(join(project, 'runs')).find((id) => id.includes('-quickstart-'));
    const { result } = JSON.parse(readFileSync(join(project, 'runs', run!, 'result.json'), 'utf8'));
    return withoutTimes(result.evaluate);
  };
  expect(comparison(broken)).toEqual(comparison(whole));

  // The comparison alone, on the same weights.
  const about = ['evaluate', '--project', whole, '--concept', 'dusk'];
  const { code } = await interrupt([...about, '--run-id', 'stopped-evaluate-dusk'], 'SIGINT', isCheckpoint);
  expect(code).toBe(130);
  await succeed('evaluate', '--project', whole, '--resume');
  const { result } = JSON.parse(readFileSync(join(whole, 'runs/stopped-evaluate-dusk/result.json'), 'utf8'));
  expect(withoutTimes(result)).toEqual(comparison(broken));
});

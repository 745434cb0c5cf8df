import { execFile } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { readOwner } from '../../src/project/runs/run-owner.ts';
import { RUN_FILES } from '../../src/protocol/run.ts';
import { locations } from '../workbench/locations.ts';

/** A concept that the zoo holds; its pictures become brown. */
export const zooConcept = 'sepia';

/** The concept that the zoo does not hold, for which weights are denoised. */
export const heldOutConcept = 'dusk';

/** A file that is no image. */
export const brokenPhotograph = 'cut-off.jpg';

const concepts: Record<string, { prompt: string; effect: string }> = {
  [zooConcept]: { prompt: 'an old sepia print', effect: 'sepia' },
  negative: { prompt: 'inverted colours of a negative', effect: 'negative' },
  night: { prompt: 'the same place at night', effect: 'night' },
  fog: { prompt: 'thick fog over the scene', effect: 'fog' },
  [heldOutConcept]: { prompt: 'the last light at dusk', effect: 'dusk' },
};

/** As small as the networks go: the whole project trains in seconds. */
function trainingConfig(fineTuneSteps: number): string {
  return `extends: preset:fast
image: { size: 32, train: 7, test: 4 }
generator: { channels: 4, transformerHeads: 2 }
discriminator: { channels: 4 }
base: { concepts: 3, steps: 40, batchSize: 2, checkpointEvery: 40, warmup: 10 }
collect: { holdOut: [${heldOutConcept}], steps: 60, batchSize: 2 }
weightGenerator:
  { blockSize: 64, channels: 8, heads: 2, embedding: 16, steps: 40, batchSize: 8, checkpointEvery: 40 }
fineTune: { steps: ${fineTuneSteps}, batchSize: 2, trainable: lora, sampleEvery: 100 }
evaluate:
  { images: 4, draws: 1, baselines: [pix2pix, fresh, nearest], scratch: { channels: 4, blocks: 1, steps: 20, batchSize: 2 } }
`;
}

/**
 * Photographs of landscapes and towns, of several sizes and shapes, from the paper-kit-2 package: JPEG, two of them
 * as WebP and PNG, and one more that is cut off, which every stage is to leave out.
 */
async function copyPhotographs(target: string): Promise<void> {
  const folder = join(locations.repository(), 'node_modules/paper-kit-2/assets/img');
  mkdirSync(target, { recursive: true });
  const names = readdirSync(folder).filter((name) => name.endsWith('.jpg') && name !== 'placeholder.jpg');
  const [first, second, ...others] = names as [string, string, ...string[]];
  for (const name of others) copyFileSync(join(folder, name), join(target, name));
  await sharp(join(folder, first)).webp().toFile(join(target, 'first.webp'));
  await sharp(join(folder, second)).resize(1200).png().toFile(join(target, 'second.png'));
  writeFileSync(join(target, brokenPhotograph), readFileSync(join(folder, first)).subarray(0, 2000));
}

function writeConfigs(project: string): void {
  mkdirSync(join(project, 'concepts'), { recursive: true });
  for (const [name, { prompt, effect }] of Object.entries(concepts)) {
    const text = `prompt: ${prompt}\npairs:\n  source: ../photos\n  target:\n    effect: ${effect}\n`;
    writeFileSync(join(project, 'concepts', `${name}.concept.yaml`), text);
  }
  setFineTuneSteps(project, 500);
}

/** Rewrites the training config: how long the next fine-tuning takes. */
export function setFineTuneSteps(project: string, steps: number): void {
  writeFileSync(join(project, 'tiny.training.yaml'), trainingConfig(steps));
}

/** Gives a concept a tag. */
function tagConcept(project: string, concept: string, tag: string): void {
  appendFileSync(join(project, 'concepts', `${concept}.concept.yaml`), `tags: [${tag}]\n`);
}

/** Gives most concepts of the zoo tags. */
export function tagConcepts(project: string): void {
  for (const concept of ['fog', 'night']) tagConcept(project, concept, 'weather');
  tagConcept(project, 'sepia', 'print');
}

async function runEngine(project: string, ...command: string[]): Promise<void> {
  const engine = join(locations.repository(), 'dist/engine/dnw.mjs');
  await promisify(execFile)(process.execPath, [engine, ...command, '--project', project, '--device', 'cpu']);
}

/** Makes a project of real photographs and trains it as far as denoised weights, with the real engine. */
export async function makeTrainedProject(): Promise<string> {
  const project = join(mkdtempSync(join(tmpdir(), 'trained-')), 'photographs');
  await copyPhotographs(join(project, 'photos'));
  writeConfigs(project);
  for (const stage of ['prepare', 'train-base', 'collect', 'train-generator'])
    await runEngine(project, stage);
  await denoise(project, heldOutConcept);
  return project;
}

/** Makes the pairs of a concept: those of the project that was copied are of its own photographs. */
export async function preparePairs(project: string, concept: string): Promise<void> {
  await runEngine(project, 'prepare', '--concept', concept);
}

export async function prepareHeldOut(project: string): Promise<void> {
  await preparePairs(project, heldOutConcept);
}

/** Denoises weights of a concept that has none yet. */
export async function denoise(project: string, concept: string): Promise<void> {
  await runEngine(project, 'denoise', '--concept', concept);
}

/** Fine-tunes the denoised weights for so many steps. */
export async function fineTuneHeldOut(project: string, steps: number): Promise<void> {
  setFineTuneSteps(project, steps);
  await runEngine(project, 'fine-tune', '--concept', heldOutConcept);
}

/** Fine-tunes the held-out concept in few steps and evaluates it, so that every panel has something to show. */
export async function finishHeldOut(project: string): Promise<void> {
  await prepareHeldOut(project);
  setFineTuneSteps(project, 20);
  await runEngine(project, 'fine-tune', '--concept', heldOutConcept);
  await runEngine(project, 'evaluate', '--concept', heldOutConcept);
}

/** Has the engine begin a fine-tuning without the base that it starts from; the base is there again afterwards. */
export async function failFineTuning(project: string): Promise<void> {
  const base = join(project, 'base');
  renameSync(base, `${base}.away`);
  try {
    const run = runEngine(project, 'fine-tune', '--concept', heldOutConcept);
    if (
      await run.then(
        () => true,
        () => false,
      )
    )
      throw new Error('a fine-tuning has succeeded without its base');
  } finally {
    renameSync(`${base}.away`, base);
  }
}

/** Ends what a scenario that failed has left running: runs outlive the window. */
export async function endRuns(project: string): Promise<void> {
  for (const run of readdirSync(join(project, 'runs'))) {
    const { owner, active } = await readOwner(join(project, 'runs', run));
    // Fabricated runs are this process's own.
    if (active && owner !== undefined && owner.pid !== process.pid) process.kill(owner.pid, 'SIGKILL');
  }
}

/**
 * Has a run stand still before it can have ended, however fast the machine is.
 * @returns what lets it go on
 */
export async function holdRun(project: string, run: string): Promise<() => void> {
  const { owner, active } = await readOwner(join(project, 'runs', run));
  if (owner === undefined || !active) throw new Error(`${run} does not go on`);
  process.kill(owner.pid, 'SIGSTOP');
  return () => process.kill(owner.pid, 'SIGCONT');
}

/** The newest run of a stage: its folder's name. */
export function latestRun(project: string, stage: string): string {
  const run = readdirSync(join(project, 'runs'))
    .filter((name) => name.includes(`-${stage}-`))
    .sort()
    .at(-1);
  if (run === undefined) throw new Error(`${project} has no run of ${stage}`);
  return run;
}

/** Whether a run has told how far it is. */
export function hasProgress(project: string, run: string): boolean {
  const events = join(project, 'runs', run, RUN_FILES.events);
  return existsSync(events) && readFileSync(events, 'utf8').includes('"type":"progress"');
}

/** How a run has ended, by its own events; undefined while it goes on. */
export function outcomeOf(project: string, run: string): string | undefined {
  const events = join(project, 'runs', run, RUN_FILES.events);
  if (!existsSync(events)) return undefined;
  return /"type":"finished","status":"(\w+)"/.exec(readFileSync(events, 'utf8'))?.[1];
}

/** A copy that one scenario may change; by default in a folder of its own. */
export function copyProject(
  project: string,
  copy = join(mkdtempSync(join(tmpdir(), 'scenario-')), 'photographs'),
): string {
  cpSync(project, copy, { recursive: true, preserveTimestamps: true });
  return copy;
}

/** Makes a copy that scenarios have changed what it was: what is not changed is not written either. */
export function restoreProject(project: string, copy: string): void {
  const own = readdirSync(project, { recursive: true, encoding: 'utf8' });
  for (const name of readdirSync(copy, { recursive: true, encoding: 'utf8' }))
    if (!own.includes(name)) rmSync(join(copy, name), { recursive: true, force: true, maxRetries: 5 });
  const differs = (original: string, copied: string) =>
    statSync(original).isDirectory() ||
    !existsSync(copied) ||
    !readFileSync(copied).equals(readFileSync(original));
  cpSync(project, copy, { recursive: true, preserveTimestamps: true, filter: differs });
}

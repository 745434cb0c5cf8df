/** What a user does to meet an error, by its kind: a command line, or the reading of a file. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { CommanderError } from 'commander';
import { vi } from 'vitest';
import { readFileZoo } from '../../src/data/file-zoo.ts';
import { loadImage } from '../../src/data/images.ts';
import { readSafetensors } from '../../src/data/safetensors.ts';
import { TensorReader } from '../../src/data/tensor-reader.ts';
import { describeError } from '../../src/engine/exit-codes.ts';
import { createProgram } from '../../src/engine/program.ts';
import { readAnyCheckpoint } from '../../src/models/checkpoint.ts';
import type { StageFunction, StageFunctions } from '../../src/pipeline/stage.ts';
import { RunLock } from '../../src/project/runs/run-lock.ts';
import { readRunRecord } from '../../src/project/runs/run-record.ts';
import { type ErrorKind, withCode } from '../../src/protocol/errors.ts';
import { STAGE_NAMES } from '../../src/protocol/stages.ts';
import { type ForeignTensor, writeForeignFile } from '../data/weight-files.ts';
import { makeProject } from '../engine/example-project.ts';
import { temporaryFolder } from '../temporary-folders.ts';

/** Does it in a project of two concepts. @returns everything that is printed */
type Provocation = (project: string) => Promise<string>;

/** The whole output of a command line, run in this process over stages that do nothing. */
async function dnw(project: string, [command, ...others]: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => printed.push(String(text)) > 0),
  );
  const nothing: StageFunction = async () => ({ status: 'stopped', result: {} });
  const stages = Object.fromEntries(STAGE_NAMES.map((stage) => [stage, nothing])) as StageFunctions;
  try {
    const program = createProgram(
      async () => ({ stages, work: {} }),
      () => {},
    );
    const inProject = others.includes('--project') ? [] : ['--project', project];
    await program.parseAsync(['node', 'dnw', command!, ...inProject, ...others]);
  } catch (error) {
    if (!(error instanceof CommanderError)) printed.push(shown(error));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return printed.join('');
}

function shown(error: unknown): string {
  const { message, code } = describeError(error);
  return withCode(message, code);
}

type Files = Readonly<Record<string, string | Uint8Array>>;

function write(project: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), content);
  }
}

/** @param args a command line; `{project}` in it stands for the folder */
const running =
  (args: string, files: Files = {}): Provocation =>
  async (project) => {
    write(project, files);
    return dnw(
      project,
      args.split(' ').map((part) => part.replace('{project}', project)),
    );
  };
const validating = (files: Files): Provocation => running('validate', files);
const config = (text: string): Provocation =>
  validating({ 'tiny.training.yaml': `extends: preset:fast\n${text}\n` });
const concept = (pairs: string): Provocation =>
  validating({ 'concepts/snow.concept.yaml': `prompt: make it snow\npairs:\n${pairs}\n` });

const calling =
  (call: (project: string) => Promise<unknown>): Provocation =>
  async (project) => {
    try {
      await call(project);
    } catch (error) {
      return shown(error);
    }
    return '';
  };

const tensor = (...values: number[]): ForeignTensor => ({ dtype: 'F32', shape: [values.length], values });

/** Reads a zoo of three sound files, but for what is changed. */
const zoo = (changes: Record<string, Record<string, ForeignTensor>>, files: Files = {}): Provocation =>
  calling(async (project) => {
    for (const name of ['a', 'b', 'c']) {
      const tensors = changes[name] ?? { 'x.lora_down.weight': tensor(1), 'x.lora_up.weight': tensor(2) };
      writeForeignFile(join(project, 'loras', `${name}.safetensors`), tensors, { prompt: `a ${name}` });
    }
    write(project, files);
    await readFileZoo(join(project, 'loras'));
  });

const refused = (code: string, name: string): Provocation =>
  calling(async (project) => {
    throw Object.assign(new Error(code), { code, path: join(project, name) });
  });

export const PROVOKED: Partial<Record<ErrorKind, Provocation>> = {
  'bad-command-line': running('runs --speed'),
  'missing-option': running('translate --concept fog'),
  'choice-needed': running('fine-tune'),
  'conflicting-options': running('denoise --concept fog --output fog.safetensors'),
  'bad-option-value': running('train-base --run-id a/b'),
  'no-project': running('runs --project pictures'),
  'no-training-config': async () => {
    const project = temporaryFolder();
    mkdirSync(join(project, 'concepts'));
    return (await dnw(project, ['train-base'])).replaceAll(project, '/project');
  },
  'no-concepts': async () => {
    const project = temporaryFolder();
    mkdirSync(join(project, 'concepts'));
    write(project, { 'tiny.training.yaml': 'extends: preset:fast\n' });
    return (await dnw(project, ['train-base'])).replaceAll(project, '/project');
  },
  'unknown-name': running('fine-tune --concept fogg'),
  'missing-path': running('translate --concept fog --input photos --output out'),
  'output-taken': running('translate --concept fog --input {project}/images --output {project}/out', {
    'out/wave-0.png': 'mine',
  }),
  'output-reserved': running('translate --concept fog --input {project}/images --output {project}/images'),
  unreadable: async (project) => {
    symlinkSync('loop.training.yaml', join(project, 'loop.training.yaml'));
    return dnw(project, ['validate']);
  },
  encoding: validating({
    'concepts/snow.concept.yaml': Buffer.from('prompt: Schnee f\xfcr alle\n', 'latin1'),
  }),
  'too-large': validating({ 'tiny.training.yaml': `# ${'x'.repeat(70_000)}\n` }),
  syntax: config('image:\n\tsize: 32'),
  'duplicate-key': config('seed: 1\nseed: 2'),
  'unknown-key': config('sed: 1'),
  'missing-key': validating({ 'concepts/snow.concept.yaml': 'prompt: make it snow\n' }),
  'invalid-value': config('seed: many'),
  extends: validating({ 'tiny.training.yaml': 'extends: preset:fats\n' }),
  'unknown-concept': config('collect:\n  concepts: [fogg]'),
  'duplicate-concept': validating({
    'concepts/more/fog.concept.yaml':
      'prompt: light fog\npairs:\n  source: ../../images\n  target: { effect: fog }\n',
  }),
  'duplicate-entry': config('collect:\n  holdOut: [fog, fog]'),
  'equal-prompts': validating({
    'concepts/dusk.concept.yaml':
      'prompt: thick fog\npairs:\n  source: ../images\n  target: { effect: fog }\n',
  }),
  'no-effect': config('collect:\n  learningRate: 0'),
  'held-out-concept': config('collect:\n  concepts: [fog]\n  holdOut: [fog]'),
  'not-read': validating({ 'concepts/fog.yaml': 'prompt: thick fog\n' }),
  'impossible-size': config('weightGenerator:\n  heads: 5'),
  'more-problems': config(Array.from({ length: 120 }, (_, i) => `key${i}: 1`).join('\n')),
  'no-images': concept('  source: ../empty\n  target: { effect: snow }'),
  'few-images': validating({
    'one/a.png': '',
    'concepts/snow.concept.yaml':
      'prompt: make it snow\npairs:\n  source: ../one\n  target: { effect: snow }\n',
  }),
  'same-images': concept('  source: ../images\n  target: { folder: ../images }'),
  'bad-pattern': calling(async (project) => {
    const { listImages } = await import('../../src/project/disk/image-files.ts');
    await listImages(join(project, '[z-a]', '*'));
  }),
  'unreadable-image': calling(async (project) => {
    write(project, { 'photos/a.png': 'text' });
    await loadImage(join(project, 'photos/a.png'), { size: 16, fit: 'cover' });
  }),
  'not-safetensors': calling(async (project) => {
    write(project, { 'a.safetensors': 'no weights at all' });
    await readSafetensors(join(project, 'a.safetensors'));
  }),
  'not-finite': calling(async (project) => {
    writeForeignFile(join(project, 'a.safetensors'), { down: tensor(Number.NaN) });
    await readSafetensors(join(project, 'a.safetensors'));
  }),
  'wrong-dtype': zoo({ b: { x: { dtype: 'I64', shape: [1], values: [1] } } }),
  'no-such-tensor': calling(async (project) => {
    writeForeignFile(join(project, 'a.safetensors'), { down: tensor(1) });
    await TensorReader.with(join(project, 'a.safetensors'), undefined, async (reader) => reader.tensor('up'));
  }),
  'not-ours': calling(async (project) => {
    writeForeignFile(join(project, 'a.safetensors'), { down: tensor(1) });
    await readAnyCheckpoint(join(project, 'a.safetensors'));
  }),
  'damaged-file': calling(async (project) => {
    const path = join(project, 'base.safetensors');
    writeForeignFile(path, { down: tensor(1) }, { format: 'dnw-checkpoint' });
    await readAnyCheckpoint(path);
  }),
  'small-zoo': calling(async (project) => {
    write(project, { 'loras/a.safetensors': '' });
    await readFileZoo(join(project, 'loras'));
  }),
  'zoo-prompts': zoo({}, { 'loras/prompts.yaml': 'd.safetensors: make it snow\n' }),
  'unlike-zoo': zoo({ b: { 'x.lora_down.weight': tensor(1) } }),
  'unknown-run': running('fine-tune --resume fog-1'),
  'nothing-to-resume': running('fine-tune --resume'),
  'run-exists': async (project) => {
    await dnw(project, ['train-base', '--run-id', 'base-1']);
    return dnw(project, ['train-base', '--run-id', 'base-1']);
  },
  'other-run-options': async (project) => {
    await dnw(project, ['train-base', '--run-id', 'base-1']);
    return dnw(project, ['collect', '--resume', 'base-1']);
  },
  'changed-inputs': async (project) => {
    await dnw(project, ['fine-tune', '--concept', 'fog', '--run-id', 'fog-1']);
    write(project, {
      'concepts/fog.concept.yaml':
        'prompt: thin fog\npairs:\n  source: ../images\n  target: { effect: fog }\n',
    });
    return dnw(project, ['fine-tune', '--resume', 'fog-1']);
  },
  'run-active': async (project) => {
    await dnw(project, ['train-base', '--run-id', 'base-1']);
    const lock = await RunLock.acquire(join(project, 'runs', 'base-1'));
    const printed = await dnw(project, ['train-base', '--resume', 'base-1']);
    lock.release();
    return printed.replace(`process ${process.pid} on ${hostname()}`, 'process 4711 on laptop');
  },
  'run-not-active': async (project) => {
    await dnw(project, ['train-base', '--run-id', 'base-1']);
    return dnw(project, ['stop', 'base-1']);
  },
  'damaged-run': calling(async (project) => {
    write(project, { 'runs/fog-1/run.json': '{"version": 1,' });
    await readRunRecord(join(project, 'runs/fog-1'));
  }),
  'other-version': calling(async (project) => {
    write(project, { 'runs/fog-1/run.json': '{"version": 2}' });
    await readRunRecord(join(project, 'runs/fog-1'));
  }),
  'disk-full': refused('ENOSPC', 'snow.onnx'),
  'no-permission': refused('EACCES', 'runs'),
  'read-only': refused('EROFS', 'runs'),
  'name-taken': running('train-base', { runs: '' }),
  'outside-project': async (project) => {
    symlinkSync(temporaryFolder(), join(project, 'runs'));
    return (await dnw(project, ['train-base'])).replace(/(points outside .*, to )\S+\./, '$1/data/runs.');
  },
  unexpected: calling(async () => {
    throw Object.assign(new TypeError('x is undefined'), { stack: 'TypeError: x is undefined' });
  }),
};

/** What is printed, with the project's folder written as `/project`. */
export async function provoke(kind: ErrorKind): Promise<string> {
  const project = await makeProject();
  mkdirSync(join(project, 'empty'));
  return (await PROVOKED[kind]!(project))
    .replaceAll(relative(process.cwd(), project), '/project')
    .replaceAll(project, '/project');
}

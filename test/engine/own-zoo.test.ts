import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSafetensors } from '../../src/data/safetensors.ts';
import { writeForeignFile } from '../data/weight-files.ts';
import { normalValues } from '../models/eager.ts';
import { temporaryFolder } from '../temporary-folders.ts';
import { Engine } from './engine-process.ts';

/** Tensors of a PEFT adapter. */
const SHAPES = {
  'unet.mid.attn.to_q.lora_A.weight': [2, 12],
  'unet.mid.attn.to_q.lora_B.weight': [12, 2],
  'unet.mid.attn.to_v.lora_A.weight': [2, 12],
  'unet.mid.attn.to_v.lora_B.weight': [12, 2],
} as const;
const sizeOf = ([a, b]: readonly [number, number]) => a * b;
const STYLES = ['ink', 'pastel', 'mosaic'];
const SUBJECTS = ['cat', 'house'];

/** Weights that are the sum of what their prompt's words stand for, and a little noise. */
function weightsOf(style: number, subject: number, noise: number): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(SHAPES).map(([name, shape], i) => {
      const size = sizeOf(shape);
      const parts = [
        normalValues(size, 100 + 10 * style + i),
        normalValues(size, 200 + 10 * subject + i),
        normalValues(size, 1000 + 10 * noise + i, 0.05),
      ];
      return [name, parts.reduce((sum, part) => sum.map((value, j) => value + part[j]!))];
    }),
  );
}

const promptOf = (style: number, subject: number) => `${STYLES[style]} drawing of a ${SUBJECTS[subject]}`;
const all = STYLES.flatMap((_, style) => SUBJECTS.map((__, subject) => ({ style, subject })));

const CONFIG = `extends: preset:fast
device: cpu
threads: 1
weightGenerator: {blockSize: 32, patch: 2, channels: 8, heads: 2, embedding: 16, steps: 150, batchSize: 32}
`;

let engine: Engine;
let project: string;
let zoo: string;

beforeAll(async () => {
  engine = await Engine.build();
  const folder = temporaryFolder();
  project = join(folder, 'project');
  zoo = join(folder, 'loras');
  mkdirSync(project);
  writeFileSync(join(project, 'own.training.yaml'), CONFIG);
  for (const [n, { style, subject }] of all.entries()) {
    const dtype = n % 2 === 0 ? ('F16' as const) : ('BF16' as const);
    const tensors = Object.entries(weightsOf(style, subject, n)).map(([name, values]) => {
      const shape = SHAPES[name as keyof typeof SHAPES];
      return [name, { dtype, shape, values }] as const;
    });
    // The first has its prompt in its metadata; those of the others are written beside them.
    writeForeignFile(join(zoo, `lora-${n}.safetensors`), Object.fromEntries(tensors), {
      format: 'pt',
      ...(n === 0 && { prompt: promptOf(style, subject) }),
    });
  }
  const lines = all.slice(1).map(({ style, subject }, i) => `lora-${i + 1}: ${promptOf(style, subject)}\n`);
  writeFileSync(join(zoo, 'prompts.yaml'), lines.join(''));
});

const run = (...args: string[]) => engine.run([...args, '--project', project], { cwd: project });

describe('a folder of LoRA files of another tool', () => {
  test('trains a weight generator without a base, which writes files like them', async () => {
    const trained = await run('train-generator', '--zoo', zoo);
    expect(trained.stderr).toContain('6 zoo members of 96 weights');
    expect(trained.code).toBe(0);
    expect(existsSync(join(project, 'base'))).toBe(false);

    const output = join(project, 'out', 'new.safetensors');
    const prompt = promptOf(1, 0);
    const denoised = await run('denoise', '--prompt', prompt, '--output', output, '--seed', '5');
    expect(denoised.stderr).not.toContain('never seen in a zoo prompt');
    expect(denoised.code).toBe(0);
    const { tensors, metadata } = await readSafetensors(output);
    const mark = { 'denoised-weights': expect.stringMatching(/^[0-9a-f]{64}$/) };
    expect(metadata).toEqual({ format: 'pt', ...mark, prompt, seed: '5', steps: '1', origin: 'denoised' });

    const lora = join(zoo, 'lora-0.safetensors');
    const before = readFileSync(lora);
    const replacing = await run('denoise', '--prompt', prompt, '--output', lora);
    expect(replacing.stderr).toContain(
      'lora-0.safetensors already exists, and it is not an unchanged output of dnw',
    );
    expect(replacing.code).toBe(2);
    expect(readFileSync(lora)).toEqual(before);
    const among = await run(
      'denoise',
      '--prompt',
      prompt,
      '--output',
      join(zoo, 'deeper', 'new.safetensors'),
    );
    expect(among.stderr).toContain('it lies in the folder that the weight generator was trained on');
    expect(among.code).toBe(1);
    expect(existsSync(join(zoo, 'deeper'))).toBe(false);
    expect(
      Object.fromEntries([...tensors].map(([name, { dtype, shape }]) => [name, { dtype, shape }])),
    ).toEqual(
      Object.fromEntries(
        Object.entries(SHAPES).map(([name, shape]) => [name, { dtype: 'F32', shape: [...shape] }]),
      ),
    );
    // Of the six prompts it was trained on, the weights are nearest those of the one that was asked for.
    const distances = all.map(({ style, subject }) =>
      Object.entries(weightsOf(style, subject, 99)).reduce((sum, [name, values]) => {
        const found = tensors.get(name)!.data as Float32Array;
        return sum + values.reduce((squares, value, i) => squares + (value - found[i]!) ** 2, 0);
      }, 0),
    );
    const nearest = all[distances.indexOf(Math.min(...distances))]!;
    expect(nearest).toEqual({ style: 1, subject: 0 });

    const again = join(project, 'again.safetensors');
    await run('denoise', '--prompt', prompt, '--output', again, '--seed', '5');
    expect(readFileSync(again)).toEqual(readFileSync(output));

    const unseen = await run('denoise', '--prompt', 'a watercolour', '--output', again);
    expect(unseen.stderr).toContain(
      'a watercolour: 1 of 2 words were never seen in a zoo prompt (watercolour)',
    );
    expect(unseen.stderr).not.toContain('does not apply');

    const file = join(project, 'own.training.yaml');
    writeFileSync(file, CONFIG.replace('steps: 150', 'steps: 150, sampling: {steps: 2, bestOf: 3}'));
    const several = await run('denoise', '--prompt', prompt, '--output', again);
    writeFileSync(file, CONFIG);
    expect(several.stderr).toContain(
      'weightGenerator.sampling.bestOf 3 does not apply to a prompt without images: one set of weights is drawn.',
    );
    expect(several.code).toBe(0);
  });

  test('goes on after a stop only while its files are the same', async () => {
    const stop = ['train-generator', '--zoo', zoo, '--run-id', 'stopped'];
    const { process: child, finished } = engine.start([...stop, '--project', project, '--json'], {
      cwd: project,
    });
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect((await finished).code).toBe(130);
    const prompts = join(zoo, 'prompts.yaml');
    const before = readFileSync(prompts);
    writeFileSync(prompts, `${before}# changed\n`);
    const { code, stderr } = await run('train-generator', '--resume', 'stopped');
    writeFileSync(prompts, before);
    expect(stderr).toContain('stopped: changed since this run began: zoo.');
    expect(code).toBe(1);
  });
});

test('as principal components, as many as the files have', async () => {
  const joint = temporaryFolder();
  const withLatent = (latent: number) =>
    writeFileSync(
      join(joint, 'joint.training.yaml'),
      CONFIG.replace('weightGenerator: {', `weightGenerator: {latent: ${latent}, `),
    );
  const output = join(joint, 'new.safetensors');
  withLatent(6);
  const refused = await engine.run(['train-generator', '--zoo', zoo, '--project', joint]);
  expect(refused.stderr).toContain(
    "weightGenerator.latent: 6 principal components are requested, but the zoo's 6 weight vectors differ in 5 directions. Use 5 or fewer, or add members to the zoo.",
  );
  expect(refused.code).toBe(1);
  withLatent(5);
  const trained = await engine.run(['train-generator', '--zoo', zoo, '--project', joint]);
  expect(trained.stderr).toContain(
    '5 principal components, which hold 100 % of their variance, as one block of 8',
  );
  expect(trained.code).toBe(0);
  const denoised = ['denoise', '--prompt', promptOf(2, 1), '--output', output, '--steps', '10'];
  expect((await engine.run([...denoised, '--project', joint])).code).toBe(0);
  const { tensors, metadata } = await readSafetensors(output);
  expect([...tensors.keys()].sort()).toEqual(Object.keys(SHAPES).sort());
  expect(metadata.steps).toBe('10');
});

describe('a command line that cannot be worked with', () => {
  test.each([
    [
      'a folder that is not there',
      ['train-generator', '--zoo', 'nowhere'],
      '--zoo nowhere: there is no such folder',
    ],
    ['a prompt without a file', ['denoise', '--prompt', 'ink'], 'dnw denoise needs --output'],
    [
      'a prompt beside a concept',
      ['denoise', '--prompt', 'ink', '--concept', 'snow', '--output', 'a.safetensors'],
      "'--prompt <text>' cannot be used with option '--concept <name>'",
    ],
    [
      'the best of several draws for a prompt',
      ['denoise', '--prompt', 'ink', '--output', 'a.safetensors', '--best-of', '3'],
      "--best-of 3: draws are judged on a concept's training images, but a --prompt has none.",
    ],
    [
      'a prompt without words',
      ['denoise', '--prompt', '!!!', '--output', 'a.safetensors'],
      '--prompt: the prompt has no word or number',
    ],
    [
      'another kind of file',
      ['denoise', '--prompt', 'ink', '--output', 'a.bin'],
      '--output a.bin: weights are written to a .safetensors file. Give a file name that ends in .safetensors.',
    ],
  ])('%s', async (_what, args, message) => {
    const { code, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  test('a prompt where no weight generator was trained', async () => {
    const empty = temporaryFolder();
    writeFileSync(join(empty, 'own.training.yaml'), CONFIG);
    const args = ['denoise', '--prompt', 'ink', '--output', 'a.safetensors', '--project', empty];
    const { code, stderr } = await engine.run(args);
    expect(stderr).toContain('own: no weight generator yet');
    expect(code).toBe(1);
  });
});

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { viewParameters } from '../../src/compute/layout.ts';
import { readSafetensors } from '../../src/data/safetensors.ts';
import { projectPaths } from '../../src/project/paths.ts';
import { temporaryFolder } from '../temporary-folders.ts';
import { Engine } from './engine-process.ts';
import { makeTrainedProject, type TrainedProject } from './trained-project.ts';

let engine: Engine;
let trained: TrainedProject;

beforeAll(async () => {
  engine = await Engine.build();
  trained = await makeTrainedProject();
});

const run = (...args: string[]) =>
  engine.run(['export', '--project', trained.project.folder, '--concept', 'snow', ...args]);

describe('dnw export', () => {
  test('writes a model that says what it is and how to use it, again and again', async () => {
    const output = join(temporaryFolder(), 'snow.onnx');
    for (let time = 0; time < 2; time++) {
      const { code, stdout, stderr } = await run('--weights', 'denoised', '--output', output);
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${output}\n`, stderr: '' });
    }
    const text = readFileSync(output, 'latin1');
    for (const said of [
      'make it snow',
      'denoised',
      'trainedScale',
      'trainedSide',
      'onnxruntime as ort',
      'byte / 127.5 - 1',
    ]) {
      expect(text).toContain(said);
    }
    const half = join(temporaryFolder(), 'half.onnx');
    expect((await run('--weights', 'base', '--half', '--output', half)).code).toBe(0);
    expect(statSync(half).size).toBeLessThan(0.65 * statSync(output).size);
  });

  test('says of a full disk what helps an export, which is no run', async () => {
    const layer = `
      import files from 'node:fs/promises';
      import { syncBuiltinESMExports } from 'node:module';
      const { open } = files;
      files.open = async (path, ...rest) => {
        if (!String(path).endsWith('.dnw-part')) return open(path, ...rest);
        throw Object.assign(new Error('ENOSPC: no space left on device, open'), { code: 'ENOSPC', path });
      };
      syncBuiltinESMExports();`;
    const output = join(temporaryFolder(), 'snow.onnx');
    const { code, stderr } = await engine.run(
      [
        'export',
        '--project',
        trained.project.folder,
        '--concept',
        'snow',
        '--weights',
        'base',
        '--output',
        output,
      ],
      { env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(layer)}` } },
    );
    const [first] = stderr.split('\n');
    expect(first).toBe(`${output}: no space is left on the disk. Free some space, and try again. [DNW-180]`);
    expect(code).toBe(1);
  });

  test("warns of a file with another concept's weights", async () => {
    const output = join(temporaryFolder(), 'fog.onnx');
    const file = projectPaths(trained.project.folder).weights('snow', 'denoised');
    const { code, stdout, stderr } = await run('--concept', 'fog', '--weights', file, '--output', output);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${output}\n` });
    expect(stderr).toBe(
      `Warning: ${file} has the weights of the concept snow, not of fog; they are used as they are.\n`,
    );
  });

  test('writes the LoRA, and the generator with the LoRA merged in', async () => {
    const { base, denoised } = trained;
    const folder = temporaryFolder();
    const read = async (what: string, ...args: string[]) => {
      const output = join(folder, `${what}${args.length}.safetensors`);
      const { code, stderr } = await run(
        '--weights',
        'denoised',
        '--what',
        what,
        '--output',
        output,
        ...args,
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return readSafetensors(output);
    };
    const lora = await read('lora');
    for (const [name, values] of Object.entries(viewParameters(base.lora.layout, denoised))) {
      expect(lora.tensors.get(name)!.data).toEqual(values);
    }
    const whole = await read('safetensors', '--half');
    const merged = base.lora.merge(base.generatorValues, denoised, base.loraFrozen);
    for (const [name, values] of Object.entries(viewParameters(base.generator.layout, merged))) {
      const tensor = whole.tensors.get(name)!;
      expect(tensor.dtype).toBe('F16');
      // 11 significant bits.
      const off = values.findIndex(
        (value, i) => !(Math.abs(Number(tensor.data[i]) - value) <= Math.abs(value) * 2 ** -11 + 2 ** -25),
      );
      expect({ name, off }).toEqual({ name, off: -1 });
    }
    expect(whole.metadata).toMatchObject({ concept: 'snow', kind: 'generator', origin: 'denoised' });
  });

  test('refuses a file that it did not write, another ending, and weights that are not there', async () => {
    const output = join(temporaryFolder(), 'mine.onnx');
    writeFileSync(output, 'mine');
    const taken = await run('--weights', 'base', '--output', output);
    expect(taken.stderr).toMatch(/mine\.onnx already exists.*\[DNW-111\]/);
    expect(readFileSync(output, 'utf8')).toBe('mine');
    const ending = await run('--weights', 'base', '--what', 'lora', '--output', output);
    expect([ending.code, ending.stderr]).toEqual([2, expect.stringContaining('ends in .safetensors')]);
    const missing = await run('--output', join(temporaryFolder(), 'x.onnx'));
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('No weights at')]);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBlockSplitter } from '../../src/data/blocks.ts';
import { applyEffects } from '../../src/data/effects/apply.ts';
import { loadImage } from '../../src/data/images.ts';
import { readSafetensors } from '../../src/data/safetensors.ts';
import { Vocabulary } from '../../src/data/text.ts';
import { loraInferenceStep } from '../../src/models/gan-steps.ts';
import { writeWeights } from '../../src/pipeline/weights/weights-file.ts';
import { loadProject } from '../../src/project/load.ts';
import { projectPaths } from '../../src/project/paths.ts';
import { zooConcepts } from '../../src/project/selection.ts';
import { USER_ERROR } from '../../src/protocol/serve.ts';
import { plantValue, removeChecksum } from '../data/planted-value.ts';
import { runEagerly } from '../models/eager.ts';
import { temporaryFolder } from '../temporary-folders.ts';
import { Engine } from './engine-process.ts';
import { ServeClient } from './serve-client.ts';
import { imageFile, makeTrainedProject, type TrainedProject } from './trained-project.ts';

let engine: Engine;
let trained: TrainedProject;
let client: ServeClient;

beforeAll(async () => {
  engine = await Engine.build('test/engine/fake-dnw.ts');
  trained = await makeTrainedProject();
  client = new ServeClient(engine, ['--device', 'cpu', '--threads', '1']);
});
afterAll(() => client.close());

const subject = () => ({ project: trained.project.folder, training: 'tiny', concept: 'snow' });

async function pixels(png: string): Promise<number[]> {
  return [...(await sharp(Buffer.from(png, 'base64')).removeAlpha().raw().toBuffer())];
}

/** Values in [-1, 1] as 8 bits. */
const asBytes = (values: Float32Array) => [...values].map((v) => Math.min(255, Math.max(0, (v + 1) * 127.5)));

function largestDifference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), a.length - b.length);
}

describe('translate', () => {
  /** What tfjs's CPU backend makes of the image with the LoRA branches applied, not merged. */
  async function reference(lora: Float32Array, file: string): Promise<Float32Array> {
    const { generator, generatorValues, loraFrozen } = trained.base;
    const image = await loadImage(file, { size: 32, fit: 'cover' });
    const definition = loraInferenceStep({
      generator,
      batchSize: 1,
      generatorValues,
      lora: trained.base.lora,
      loraFrozen,
    });
    return runEagerly(definition, { lora }, { source: image.data }).outputs.image!;
  }

  test('applies the weights that are named, and another set after it', async () => {
    const file = imageFile(trained.project, 1);
    for (const [weights, vector] of [
      ['denoised', trained.denoised],
      [`zoo/${trained.base.hash}/fog.safetensors`, trained.zoo.fog!],
      ['base', trained.base.loraStart],
      ['denoised', trained.denoised],
    ] as const) {
      const result = await client.request('translate', { ...subject(), weights, image: file, size: 'train' });
      expect(result).toMatchObject({ width: 32, height: 32, device: 'cpu' });
      const expected = asBytes(await reference(vector, file));
      expect(largestDifference(await pixels(result.translated), expected)).toBeLessThanOrEqual(1);
    }
  });

  test('keeps what it made until the weights, the effects or the image are others', async () => {
    const { base, denoised, project, zoo } = trained;
    const image = join(project.folder, 'own.png');
    const concept = join(project.folder, 'concepts', 'own.concept.yaml');
    const drawn = (weights: Float32Array) =>
      writeWeights(projectPaths(project.folder).weights('own', 'denoised'), base, {
        concept: 'own',
        prompt: 'of its own',
        base: base.hash,
        kind: 'lora',
        origin: 'denoised',
        seed: 1,
        steps: 1,
        values: weights,
      });
    const paired = (effect: string) =>
      writeFileSync(
        concept,
        `prompt: of its own\npairs:\n  source: ../images\n  target:\n    effect: ${effect}\n`,
      );
    const translate = () =>
      client.request('translate', {
        ...subject(),
        concept: 'own',
        weights: 'denoised',
        image,
        size: 'train',
      });
    const distance = async (png: string, weights: Float32Array) =>
      largestDifference(await pixels(png), asBytes(await reference(weights, image)));
    try {
      copyFileSync(imageFile(project, 3), image);
      paired('snow');
      await drawn(denoised);
      const first = await translate();
      expect(await distance(first.translated, denoised)).toBeLessThanOrEqual(1);
      // Its time would be another if the generator had run once more.
      expect(await translate()).toEqual(first);

      await drawn(zoo.dusk!);
      const byOthers = await translate();
      expect(await distance(byOthers.translated, zoo.dusk!)).toBeLessThanOrEqual(1);
      expect(byOthers.source).toEqual(first.source);

      paired('fog');
      const withOtherTarget = await translate();
      expect(withOtherTarget.target).not.toEqual(byOthers.target);
      expect(withOtherTarget.psnr).not.toEqual(byOthers.psnr);

      copyFileSync(imageFile(project, 5), image);
      expect(await distance((await translate()).translated, zoo.dusk!)).toBeLessThanOrEqual(1);
    } finally {
      for (const file of [image, concept]) rmSync(file);
    }
  });

  test('shows the source as the generator saw it and the target that the effects make', async () => {
    const file = imageFile(trained.project, 2);
    const result = await client.request('translate', {
      ...subject(),
      weights: 'base',
      image: file,
      size: 'train',
    });
    const source = await loadImage(file, { size: 32, fit: 'cover' });
    const snow = (await loadProject(trained.project.folder)).concepts.find(({ name }) => name === 'snow')!;
    const { pairs } = snow;
    if (!('source' in pairs) || !('effect' in pairs.target)) throw new Error('the example has effects');
    const target = applyEffects(source, pairs.target.effect);
    expect(largestDifference(await pixels(result.source), asBytes(source.data))).toBeLessThanOrEqual(0.5);
    expect(largestDifference(await pixels(result.target!), asBytes(target.data))).toBeLessThanOrEqual(0.5);
    const translated = await pixels(result.translated);
    const expected = await pixels(result.target!);
    const meanSquare = translated.reduce((sum, v, i) => sum + (v - expected[i]!) ** 2, 0) / translated.length;
    expect(result.psnr).toBeCloseTo(10 * Math.log10(255 ** 2 / meanSquare), 1);
  });

  test.each([
    ['weights that were not made yet', { weights: 'fine-tuned' }, /No weights at .*fine-tuned/],
    ['an unknown concept', { concept: 'snwo' }, /Did you mean snow/],
    ['a file that is no image', { image: 'notes.txt' }, /notes\.txt/],
  ])('says what to do about %s', async (_what, change, message) => {
    const request = {
      ...subject(),
      weights: 'base',
      image: imageFile(trained.project, 0),
      size: 'train' as const,
      ...change,
    };
    writeFileSync(join(trained.project.folder, 'notes.txt'), 'hello');
    await expect(client.request('translate', request)).rejects.toMatchObject({
      code: USER_ERROR,
      message: expect.stringMatching(message),
      data: { code: expect.stringMatching(/^DNW-1\d\d$/) },
    });
  });
});

test('a picture is shown small and in parts, and its translation saved', async () => {
  const image = imageFile(trained.project, 4);
  const request = { ...subject(), weights: 'denoised', image, size: 'train' } as const;
  const whole = await pixels((await client.request('translate', request)).translated);
  const thumbnail = await client.request('thumbnail', { ...subject(), image, side: 16 });
  expect(await sharp(Buffer.from(thumbnail.image, 'base64')).metadata()).toMatchObject({
    width: 16,
    height: 16,
  });
  const area = { left: 0, top: 8, width: 32, height: 2 };
  const params = { ...request, detail: 'none', area, width: 32, height: 2 } as const;
  const part = await client.request('pictureArea', params);
  expect({ ...part, image: await pixels(part.image) }).toEqual({
    image: whole.slice(8 * 32 * 3, 10 * 32 * 3),
    isExact: true,
  });
  const output = join(trained.project.folder, 'saved.png');
  const saved = await client.request('saveTranslation', { ...request, detail: 'none', output });
  expect(saved).toEqual({ width: 32, height: 32, remarks: [] });
  expect(await pixels(readFileSync(output).toString('base64'))).toEqual(whole);
  await expect(
    client.request('saveTranslation', { ...request, detail: 'none', output: '/elsewhere/saved.png' }),
  ).rejects.toMatchObject({
    code: USER_ERROR,
    message: expect.stringContaining('lies outside the open projects'),
  });
});

test('translations lists the weights that exist and, once pairs are prepared, the held-out images', async () => {
  const { weights, testImages } = await client.request('translations', subject());
  expect(weights.map(({ kind }) => kind)).toEqual(['base', 'denoised']);
  expect(weights[1]!.file).toBe('weights/snow/denoised.safetensors');
  expect(testImages).toEqual([]);
});

test('denoise makes weights to look at, the same for the same seed, and leaves the concept’s own alone', async () => {
  const own = join(trained.project.folder, 'weights', 'snow', 'denoised.safetensors');
  const before = readFileSync(own);
  const request = { ...subject(), seed: 7, steps: 2 };
  const { file, seconds, device } = await client.request('denoise', request);
  expect({ device, positive: seconds > 0 }).toEqual({ device: 'cpu', positive: true });
  const { tensors, metadata } = await readSafetensors(join(trained.project.folder, file));
  expect(metadata).toMatchObject({ concept: 'snow', origin: 'denoised', seed: '7', steps: '2' });
  const layout = trained.base.lora.layout.entries.map(({ name }) => name);
  expect([...tensors.keys()].sort()).toEqual(layout.sort());
  expect(readFileSync(own)).toEqual(before);

  const bytes = readFileSync(join(trained.project.folder, file));
  expect(await client.request('denoise', request)).toMatchObject({ file });
  expect(readFileSync(join(trained.project.folder, file))).toEqual(bytes);

  const image = imageFile(trained.project, 0);
  const translation = { ...subject(), weights: file, image, size: 'train' } as const;
  expect(await client.request('translate', translation)).toMatchObject({ width: 32 });
  await expect(client.request('denoise', { ...request, steps: 0 })).rejects.toMatchObject({
    code: USER_ERROR,
    message: expect.stringContaining('weightGenerator.timesteps'),
  });
});

test('export writes to what is open, and nowhere else', async () => {
  const [output, other] = [trained.project.folder, temporaryFolder()].map((folder) =>
    join(folder, 'snow.onnx'),
  ) as [string, string];
  const params = { ...subject(), weights: 'denoised', what: 'onnx', half: true } as const;
  expect(await client.request('export', { ...params, output })).toBeNull();
  await expect(client.request('export', { ...params, output: other })).rejects.toThrow(
    'It lies outside the open projects and files',
  );
  await expect(client.request('export', { ...params, what: 'web', output })).rejects.toThrow(
    '--what web is written to a .html file',
  );
  expect(readFileSync(output, 'latin1')).toContain('make it snow');
  expect(existsSync(other)).toBe(false);
});

test('statistics compares the weights with the zoo', async () => {
  const { denoised, zoo, base } = trained;
  const result = await client.request('statistics', { ...subject(), weights: 'denoised', bins: 16 });
  const norm = Math.sqrt(denoised.reduce((sum, value) => sum + value * value, 0));
  expect(result).toMatchObject({
    zooMembers: 3,
    weights: { kind: 'denoised', file: 'weights/snow/denoised.safetensors' },
    summary: {
      weights: { count: denoised.length, norm: expect.closeTo(norm, 4) },
      zoo: { count: 3 * denoised.length },
    },
  });
  expect(result.layers.map(({ name }) => name)).toEqual(base.lora.manifest.map(({ name }) => name));
  expect(result.nearest.map(({ concept }) => concept).sort()).toEqual(['dusk', 'fog', 'snow']);
  expect(result.map.points).toHaveLength(4);

  const member = `zoo/${base.hash}/dusk.safetensors`;
  const own = await client.request('statistics', { ...subject(), weights: member, bins: 4 });
  expect(own.weights.kind).toBe('zoo');
  expect(own.nearest[0]).toMatchObject({ concept: 'dusk', distance: 0, prompt: 'prompt of dusk' });
  expect(own.map.points).toHaveLength(Object.keys(zoo).length);
});

test('statistics follows a file that is replaced by another of the same name', async () => {
  const { project, base, denoised } = await makeTrainedProject();
  const request = { ...subject(), project: project.folder, weights: 'denoised', bins: 4 };
  const before = await client.request('statistics', request);
  expect(await client.request('statistics', request)).toEqual(before);
  await writeWeights(projectPaths(project.folder).weights('snow', 'denoised'), base, {
    concept: 'snow',
    prompt: 'make it snow',
    base: base.hash,
    kind: 'lora',
    origin: 'denoised',
    seed: 1,
    steps: 1,
    values: denoised.map((value) => 2 * value),
  });
  const after = await client.request('statistics', request);
  expect(after.summary.weights.norm / before.summary.weights.norm).toBeCloseTo(2, 5);
});

test('statistics are the same when asked for again, until the weights are gone', async () => {
  const { project } = await makeTrainedProject();
  const file = projectPaths(project.folder).weights('snow', 'denoised');
  const request = { ...subject(), project: project.folder, weights: 'denoised', bins: 4 };
  const before = await client.request('statistics', request);
  expect(await client.request('statistics', request)).toEqual(before);
  rmSync(file);
  await expect(client.request('statistics', request)).rejects.toMatchObject({
    code: USER_ERROR,
    message: expect.stringMatching(/No weights at .*denoised/),
  });
});

test('blockHistogram counts the weights of one block', async () => {
  const { denoised, base } = trained;
  const request = { ...subject(), weights: 'denoised', bins: 512 };
  const { blocks } = await client.request('statistics', request);
  const splitter = createBlockSplitter(base.lora.manifest, trained.training.config.weightGenerator);
  const held = [...splitter.split(denoised).subarray(0, blocks.size)].filter((_, i) => splitter.mask[i]);
  const { edges, weights } = await client.request('blockHistogram', { ...request, block: 0 });
  const width = edges[1]! - edges[0]!;
  const counts = weights.map((density) => Math.round(density * width * held.length));
  expect(counts).toEqual(
    weights.map(
      (_, bar) =>
        held.filter((value) => {
          const place = Math.min(weights.length - 1, Math.floor((value - edges[0]!) / width));
          return place === bar;
        }).length,
    ),
  );
  await expect(
    client.request('blockHistogram', { ...request, block: blocks.layer.length }),
  ).rejects.toMatchObject({
    code: USER_ERROR,
    message: expect.stringContaining(`blocks 0 to ${blocks.layer.length - 1}`),
  });
});

test('trajectory goes from noise to the very weights that denoise makes of the same seed and steps', async () => {
  const draw = { ...subject(), seed: 7, steps: 4 };
  const { file } = await client.request('denoise', draw);
  const denoised = await client.request('statistics', { ...subject(), weights: file, bins: 8 });
  const trajectory = await client.request('trajectory', { ...draw, bins: 8 });
  expect(trajectory).toMatchObject({ seed: 7, steps: 4, device: 'cpu' });
  expect(trajectory.points.map(({ timestep }) => timestep)).toEqual([1, 0.75, 0.5, 0.25, 0]);
  const last = trajectory.points.at(-1)!;
  expect(last.summary).toEqual(denoised.summary.weights);
  expect(last.distance).toBe(0);
  const placed = denoised.map.points.find(({ kind }) => kind === 'denoised')!;
  expect([last.x, last.y]).toEqual([placed.x, placed.y]);
  expect(trajectory.map.points).toHaveLength(3);
  for (const { distance } of trajectory.points.slice(0, -1)) expect(distance).toBeGreaterThan(0);
  const width = trajectory.edges[1]! - trajectory.edges[0]!;
  for (const densities of [trajectory.zoo, ...trajectory.points.map(({ density }) => density)]) {
    expect(densities.reduce((sum, density) => sum + density * width, 0)).toBeCloseTo(1, 9);
  }
  // Its own draw is told with the weights, for those who want to see it again.
  expect(denoised.draw).toEqual({ seed: 7, steps: 4 });
  await expect(client.request('trajectory', { ...draw, bins: 8, steps: 0 })).rejects.toMatchObject({
    code: USER_ERROR,
    message: expect.stringContaining('weightGenerator.timesteps'),
  });
});

test('warmUp reads what answers need, and says what is missing', async () => {
  const { project, training } = subject();
  expect(await client.request('warmUp', { project, training, for: 'statistics' })).toBeNull();
  expect(await client.request('warmUp', { project, training, for: 'translation' })).toBeNull();
  for (const purpose of ['statistics', 'translation'] as const)
    expect(await client.request('warmUp', { ...subject(), for: purpose })).toBeNull();
  await expect(
    client.request('warmUp', { project, training: 'absent', for: 'statistics' }),
  ).rejects.toMatchObject({ code: USER_ERROR });
});

test('statistics counts weights that are not finite; the rest is as without them', async () => {
  const { base, denoised, project, zoo } = trained;
  const [first, second] = base.lora.manifest;
  const path = projectPaths(project.folder).weights('snow', 'fine-tuned');
  await writeWeights(path, base, {
    concept: 'snow',
    prompt: 'make it snow',
    base: base.hash,
    kind: 'lora',
    origin: 'fine-tuned',
    seed: 1,
    steps: 1,
    values: denoised,
  });
  await removeChecksum(path);
  await plantValue(path, first!.name, 0, Number.NaN);
  await plantValue(path, second!.name, 0, Number.POSITIVE_INFINITY);
  await plantValue(path, second!.name, 1, Number.NEGATIVE_INFINITY);
  const result = await client.request('statistics', { ...subject(), weights: 'fine-tuned', bins: 16 });
  expect(result.layers.slice(0, 3).map(({ weights }) => weights.notFinite)).toEqual([1, 2, 0]);
  expect(result.summary.weights).toMatchObject({ count: denoised.length - 3, notFinite: 3 });
  const rest = denoised.subarray(first!.offset + 1, first!.offset + first!.size);
  const norm = Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0));
  expect(result.layers[0]!.weights.norm).toBeCloseTo(norm, 4);
  // They are near nothing, and only the zoo is on its map.
  expect(result.nearest).toEqual([]);
  expect(result.map.points).toHaveLength(Object.keys(zoo).length);
  const numbers = [...result.blocks.rms, ...result.histogram.weights, ...result.histogram.edges];
  expect(numbers.every(Number.isFinite)).toBe(true);
});

test('statistics refuses a zoo with a member that is not finite, by name', async () => {
  const { project, base } = await makeTrainedProject();
  const path = projectPaths(project.folder).zooMember(base.hash, 'dusk');
  await removeChecksum(path);
  await plantValue(path, 'checkpoint.0', 5, Number.NaN);
  const request = { ...subject(), project: project.folder, weights: 'denoised', bins: 4 };
  await expect(client.request('statistics', request)).rejects.toMatchObject({
    code: USER_ERROR,
    message: expect.stringMatching(
      /dusk\.safetensors: tensor 'checkpoint\.0' has a value that is NaN\..*collect --training tiny --concept dusk/,
    ),
  });
});

test('devices says what computes and why', async () => {
  const { selected, considered, versions } = await client.request('devices', { device: 'cpu', threads: 1 });
  expect(selected).toMatchObject({ device: 'cpu', executor: 'onnxruntime' });
  expect(considered).toContainEqual(expect.objectContaining({ device: 'cpu', usable: true }));
  expect(versions.node).toBe(process.versions.node);
  await expect(client.request('devices', { device: 'abacus', threads: 1 })).rejects.toMatchObject({
    code: USER_ERROR,
    message: expect.stringContaining('webgpu'),
  });
});

test('sizes counts the trained values of every network', async () => {
  const { base, project, training } = trained;
  const { denoiser, ...sizes } = await client.request('sizes', {
    project: project.folder,
    training: training.name,
  });
  const blocks = createBlockSplitter(base.lora.manifest, training.config.weightGenerator);
  expect(sizes).toEqual({
    generator: base.generatorValues.length,
    discriminator: base.discriminatorValues.length,
    lora: trained.denoised.length,
    blocks: blocks.count,
    blockSize: blocks.blockSize,
  });
  const stored = await readSafetensors(projectPaths(project.folder).weightGenerator(training.name));
  // The stored one knows the words of the members' prompts, which are not those of the concepts.
  const words = (prompts: string[]) => Vocabulary.ofPrompts(prompts).size;
  const more =
    words(zooConcepts(project, training).map(({ prompt }) => prompt)) -
    words(Object.keys(trained.zoo).map((name) => `prompt of ${name}`));
  expect(denoiser - stored.tensors.get('denoiser.values')!.data.length).toBe(
    more * training.config.weightGenerator.embedding,
  );
});

test('describe answers with the text of dnw describe', async () => {
  const { folder } = trained.project;
  const { text } = await client.request('describe', { project: folder, training: 'tiny' });
  expect(text).toMatch(/^tiny +here +published/);
  expect(text).toContain('trained values, LoRA');
  await expect(client.request('describe', { project: folder, training: 'huge' })).rejects.toMatchObject({
    code: USER_ERROR,
    message: expect.stringContaining('tiny'),
  });
});

test('validate returns the problems of a folder', async () => {
  expect(await client.request('validate', { project: trained.project.folder })).toEqual({ problems: [] });
});

describe('the engine ends by itself', () => {
  test('when its input closes, with nothing on standard output but messages', async () => {
    const own = new ServeClient(engine);
    await own.request('validate', { project: trained.project.folder });
    const { code, stdout, stderr } = await own.close();
    expect(stdout).toMatch(/^Content-Length: \d+\r\n\r\n\{.*\}$/);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('when its input closes in the middle of a message', async () => {
    const { process: child, finished } = engine.start(['serve']);
    child.stdin.end('Content-Length: 100\r\n\r\n{"jsonrpc"');
    expect(await finished).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  test('when its parent is killed', async () => {
    // A parent that starts the engine as an editor does, prints its process id and lives on.
    const parentScript = `
      const { spawn } = require('node:child_process');
      const engine = spawn(process.execPath, [process.argv[1], 'serve'], { stdio: ['pipe', 'pipe', 'inherit', 'inherit'] });
      engine.stdout.once('data', () => process.stdout.write('answered'));
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'validate', params: { project: process.argv[2] } });
      engine.stdin.write('Content-Length: ' + Buffer.byteLength(body) + '\\r\\n\\r\\n' + body);`;
    // The engine inherits the fourth pipe: it closes when the last process that holds it has ended.
    const parent = spawn(process.execPath, ['-e', parentScript, engine.program, temporaryFolder()], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    });
    await once(parent.stdout!, 'data');
    const allEnded = once((parent.stdio[3] as Readable).resume(), 'end');
    parent.kill('SIGKILL');
    await allEnded;
  });
});

/**
 * What do pairs cost?
 * npm run bench -- data [--part rate|waiting|scale|evaluate]... [--concepts 10,100,1000] [--pictures 100]
 *   [--photographs <folder>] [--folder <where to work>]
 *
 * First, how fast `prepare` is on one core and on two: 144 crops of photographs and the quickstart's concepts, at 256 x 256;
 * and how long training steps wait for images.
 * Then, what projects of 10, 100 and 1,000 concepts take: time, disk, and the peak of the memory of every stage that reads
 * pairs. Their networks are small and take a few steps, and their images are plain colors, which are decoded and edited
 * quickly; what is stored has the size of any image. 1,000 concepts of 100 images take 20 GB of disk while it runs.
 * Last, the peak of `evaluate` with 8, 64 and 256 held-out images.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import sharp from 'sharp';
import { PHOTOGRAPHS_FOLDER, writeCrops } from '../photographs.ts';
import type { Cost, MeasuredStage } from './stage.ts';

const SIZE = 256;
const PHOTOGRAPHS = 144;
const MEBIBYTE = 2 ** 20;

const { values: options } = parseArgs({
  options: {
    part: { type: 'string', multiple: true, default: ['rate', 'waiting', 'scale', 'evaluate'] },
    concepts: { type: 'string', default: '10,100,1000' },
    pictures: { type: 'string', default: '100' },
    photographs: { type: 'string', default: PHOTOGRAPHS_FOLDER },
    folder: { type: 'string', default: tmpdir() },
  },
});
const scratch = mkdtempSync(join(options.folder, 'dnw-data-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const run = promisify(execFile);

/** @param cores number of cores that the process may use; on Linux, it is bound to the first ones */
async function measured(project: string, stage: MeasuredStage, cores: number): Promise<Cost> {
  const program = [join(import.meta.dirname, 'stage.mjs'), project, stage, String(cores)];
  const { stdout } =
    process.platform === 'linux'
      ? await run('taskset', ['-c', `0-${cores - 1}`, process.execPath, ...program])
      : await run(process.execPath, program);
  return JSON.parse(stdout) as Cost;
}

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

const mebibytes = (bytes: number) => `${Math.round(bytes / MEBIBYTE)} MiB`;

async function measureRate(): Promise<void> {
  const project = join(scratch, 'rate');
  await mkdir(project);
  await cp('examples/quickstart/concepts', join(project, 'concepts'), { recursive: true });
  await writeCrops(options.photographs, join(project, 'images'), PHOTOGRAPHS);
  const image = { size: SIZE, train: PHOTOGRAPHS - 16, test: 16 };
  await writeFile(join(project, 'bench.training.yaml'), JSON.stringify({ extends: 'preset:fast', image }));
  const concepts = (await readdir(join(project, 'concepts'))).length;
  const pairs = concepts * PHOTOGRAPHS;
  console.log(
    `${PHOTOGRAPHS} photographs (${mebibytes(await bytesBelow(join(project, 'images')))}), ${concepts} concepts: ` +
      `${pairs} pairs of ${SIZE} x ${SIZE}`,
  );
  for (const cores of [1, 2]) {
    const { seconds, cpuSeconds, peak } = await measured(project, 'prepare', cores);
    const cache = join(project, '.dnw');
    console.log(
      `prepare on ${cores} core${cores > 1 ? 's' : ''}: ${seconds.toFixed(1)} s, ${(pairs / seconds).toFixed(0)} pairs/s, ` +
        `${((1000 * cpuSeconds) / pairs).toFixed(1)} ms of processor time per pair, ${mebibytes(await bytesBelow(cache))} of disk, ` +
        `peak ${peak.toFixed(0)} MiB`,
    );
    const again = await measured(project, 'prepare', cores);
    console.log(`  again, with nothing to do: ${again.seconds.toFixed(1)} s`);
    rmSync(cache, { recursive: true });
  }
}

/** A concept for each number, all with the same images and each with an effect of its own. */
async function writeManyConcepts(project: string, concepts: number, pictures: number) {
  for (const folder of ['images', 'concepts']) await mkdir(join(project, folder), { recursive: true });
  for (let i = 0; i < pictures; i++) {
    const background = { r: (i * 7) % 256, g: (i * 31) % 256, b: (i * 101) % 256 };
    await sharp({ create: { width: SIZE, height: SIZE, channels: 3, background } })
      .png()
      .toFile(join(project, 'images', `${String(i + 1).padStart(4, '0')}.png`));
  }
  for (let i = 0; i < concepts; i++) {
    const name = i === 0 ? 'held-out' : `concept-${i}`;
    const concept = {
      prompt: `a picture with the look of number ${i}`,
      pairs: { source: '../images', target: { effect: { negative: { strength: 1 - i / concepts / 2 } } } },
    };
    await writeFile(join(project, 'concepts', `${name}.concept.yaml`), JSON.stringify(concept));
  }
  const test = Math.floor(pictures / 10);
  const steps = { steps: 1, batchSize: 1, warmup: 0 };
  const config = {
    extends: 'preset:fast',
    image: { size: SIZE, train: pictures - test, test },
    generator: { channels: 4 },
    discriminator: { channels: 4 },
    base: { ...steps, concepts: concepts - 1 },
    collect: { ...steps, holdOut: ['held-out'] },
    fineTune: steps,
    weightGenerator: { steps: 2, batchSize: 2, sampling: { bestOf: 1 } },
    evaluate: { images: 2, baselines: ['mean', 'fresh'] },
  };
  await writeFile(join(project, 'bench.training.yaml'), JSON.stringify(config));
  return config;
}

/** How long training steps wait for their images. */
async function measureWaiting(): Promise<void> {
  const project = join(scratch, 'waiting');
  const steps = 40;
  const { generator, discriminator, base, ...config } = await writeManyConcepts(project, 10, 20);
  const trained = { ...config, base: { ...base, steps, batchSize: 2 } };
  await writeFile(join(project, 'bench.training.yaml'), JSON.stringify(trained));
  await measured(project, 'prepare', 2);
  const { steps: seconds, waiting } = await measured(project, 'train-base', 2);
  console.log(
    `${steps} steps of a base at ${SIZE} x ${SIZE}, batches of 2: ${((1000 * seconds) / steps).toFixed(0)} ms a step, ` +
      `${((1000 * waiting) / steps).toFixed(1)} ms (${((100 * waiting) / seconds).toFixed(2)} %) of it waiting for the batch`,
  );
}

async function measureScale(concepts: number, pictures: number): Promise<void> {
  const project = join(scratch, `concepts-${concepts}`);
  await writeManyConcepts(project, concepts, pictures);
  console.log(`${concepts} concepts of ${pictures} images of ${SIZE} x ${SIZE}`);
  for (const stage of ['prepare', 'train-base', 'collect', 'train-generator', 'evaluate'] as const) {
    const { seconds, peak } = await measured(project, stage, 2);
    const disk = stage === 'prepare' ? `, ${mebibytes(await bytesBelow(join(project, '.dnw')))} of disk` : '';
    console.log(`  ${stage}: ${seconds.toFixed(1)} s, peak ${peak.toFixed(0)} MiB${disk}`);
  }
  rmSync(project, { recursive: true });
}

/** Memory of `evaluate` by the number of held-out images that it measures on. */
async function measureEvaluate(): Promise<void> {
  console.log(`evaluate on 6 concepts, images of ${SIZE} x ${SIZE}`);
  const numbers = [8, 64, 256];
  const most = numbers.at(-1)!;
  const project = join(scratch, 'evaluate');
  // At most half of the images are held out.
  const config = await writeManyConcepts(project, 6, 2 * most);
  const withImages = (images: number) =>
    writeFile(
      join(project, 'bench.training.yaml'),
      JSON.stringify({
        ...config,
        image: { ...config.image, train: most, test: most },
        evaluate: { ...config.evaluate, images },
      }),
    );
  await withImages(most);
  for (const stage of ['prepare', 'train-base', 'collect', 'train-generator'] as const)
    await measured(project, stage, 2);
  for (const images of numbers) {
    await withImages(images);
    const { seconds, peak } = await measured(project, 'evaluate', 2);
    console.log(`  ${images} held-out images: ${seconds.toFixed(1)} s, peak ${peak.toFixed(0)} MiB`);
  }
  rmSync(project, { recursive: true });
}

if (options.part.includes('rate')) await measureRate();
if (options.part.includes('waiting')) await measureWaiting();
if (options.part.includes('scale')) {
  for (const concepts of options.concepts.split(',').map(Number)) {
    await measureScale(concepts, Number(options.pictures));
  }
}
if (options.part.includes('evaluate')) await measureEvaluate();

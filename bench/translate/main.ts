/**
 * How long do pictures take to translate, and how much memory? npm run bench -- translate [pictures of the folder]
 * Only the folder: npm run bench -- translate folder
 * How long do they take to be looked at in the Translate view? npm run bench -- translate view
 * A generator with random weights translates JPEG files like photographs of 1, 12 and 100 megapixels, and a folder of smaller
 * ones (default 100), each in a process of its own.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { baseNetworks, saveBase } from '../../src/pipeline/weights/base-model.ts';
import { loadProject } from '../../src/project/load.ts';
import type { StageOptions } from '../../src/protocol/stages.ts';
import type { Looked } from './view-worker.ts';
import type { Measured } from './worker.ts';

const SIDE = 256;
const part = ['view', 'folder'].find((name) => process.argv.includes(name));
const count = Number(process.argv.find((given) => /^\d+$/.test(given)) ?? 100);
const programs = dirname(fileURLToPath(import.meta.url));
const worker = join(programs, 'worker.mjs');
const viewWorker = join(programs, 'view-worker.mjs');

/** Blurred noise, which a JPEG file compresses about as much as a photograph. */
async function writePicture(file: string, width: number, height: number): Promise<void> {
  await sharp({
    create: {
      width,
      height,
      channels: 3,
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
      background: 'gray',
    },
    limitInputPixels: false,
  })
    .blur(1.5)
    .jpeg({ quality: 90 })
    .toFile(file);
}

async function makeProject(folder: string): Promise<void> {
  mkdirSync(join(folder, 'concepts'));
  mkdirSync(join(folder, 'images'));
  await writePicture(join(folder, 'images', 'a.jpg'), SIDE, SIDE);
  writeFileSync(
    join(folder, 'concepts', 'sepia.concept.yaml'),
    'prompt: sepia\npairs:\n  source: ../images\n  target:\n    effect: sepia\n',
  );
  writeFileSync(
    join(folder, 'bench.training.yaml'),
    [
      'extends: preset:fast',
      'seed: 1',
      'device: cpu',
      `threads: ${cpus().length}`,
      `image: { size: ${SIDE}, train: 1, test: 1 }`,
      'generator: { kind: e2gan, channels: 16, norm: none, skips: true }',
      '',
    ].join('\n'),
  );
  const project = await loadProject(folder);
  const [training] = project.trainings;
  if (!training) throw new Error(project.problems.map(({ message }) => message).join('\n'));
  const networks = baseNetworks(training);
  const { trained, frozen } = networks.lora.initial(1);
  await saveBase(
    project,
    training,
    networks,
    {
      generator: networks.generator.initial(2),
      discriminator: networks.discriminator.initial(3),
      loraFrozen: frozen,
      loraStart: trained,
    },
    { concepts: ['sepia'], steps: 0 },
  );
}

function measure(folder: string, what: string, options: StageOptions): void {
  const output = mkdtempSync(join(folder, 'out-'));
  const run = mkdtempSync(join(folder, 'run-'));
  const given = { concept: 'sepia', weights: 'base', format: 'jpeg', output, ...options };
  const printed = execFileSync(process.execPath, [worker, folder, run, JSON.stringify(given)], {
    encoding: 'utf8',
  });
  const { seconds, networkSeconds, peakMebibytes, again } = JSON.parse(printed) as Measured;
  const share = Math.round((100 * networkSeconds) / seconds);
  console.log(
    `| ${what} | ${seconds.toFixed(1)} | ${networkSeconds.toFixed(1)} | ${share} % | ${Math.round(peakMebibytes)} | ${again.toFixed(1)} |`,
  );
  rmSync(output, { recursive: true });
  rmSync(run, { recursive: true });
}

async function measureView(folder: string): Promise<void> {
  console.log(
    '| picture | first translation | as large as the frame | a part at 1:1 | the next part | a part at full resolution | moved | peak MiB |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const [megapixels, width, height] of [
    [12, 4000, 3000],
    [100, 12_240, 8160],
  ] as const) {
    const input = join(folder, `${megapixels}.jpg`);
    await writePicture(input, width, height);
    const printed = execFileSync(process.execPath, [viewWorker, folder, input], { encoding: 'utf8' });
    const { first, whole, part, next, native, moved, peakMebibytes } = JSON.parse(printed) as Looked;
    const seconds = [first, whole, part, next, native, moved].map((value) => value.toFixed(2));
    console.log(`| ${megapixels} megapixels | ${seconds.join(' | ')} | ${Math.round(peakMebibytes)} |`);
    rmSync(input);
  }
}

async function measureStage(folder: string): Promise<void> {
  console.log(
    '| pictures | seconds | of these in the network | share | peak MiB | seconds of a second run |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  const many = join(folder, 'many');
  mkdirSync(many);
  for (let i = 0; i < count; i++) await writePicture(join(many, `${i}.jpg`), 1200, 800);
  measure(folder, `a folder of ${count} of 1 megapixel, \`--size train\``, { input: many });
  if (part === 'folder') return;
  for (const [megapixels, width, height] of [
    [1, 1200, 800],
    [12, 4000, 3000],
    [100, 12_240, 8160],
  ] as const) {
    const input = join(folder, `${megapixels}.jpg`);
    await writePicture(input, width, height);
    const size = `${megapixels} megapixel${megapixels === 1 ? '' : 's'}`;
    measure(folder, `${size}, \`--size train\``, { input });
    measure(folder, `${size}, \`--size train --detail source\``, { input, detail: 'source' });
    measure(folder, `${size}, \`--size native\``, { input, size: 'native' });
    rmSync(input);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'dnw-bench-translate-'));
try {
  await makeProject(folder);
  console.log(
    `${cpus()[0]!.model}, ${cpus().length} threads; E2GAN of 16 channels for ${SIDE} x ${SIDE}, JPEG to JPEG\n`,
  );
  if (part === 'view') await measureView(folder);
  else await measureStage(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

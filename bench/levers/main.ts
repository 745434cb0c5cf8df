/**
 * What the discriminator's share of a fine-tuning step buys: npm run bench -- levers [project]
 * Fine-tunes held-out concepts of the quickstart's project (run `npm run quickstart` first) with the discriminator
 * updated every step, every second, ... and with a fresh one, and prints quality against seconds.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isMap, parseDocument } from 'yaml';

const CONCEPTS = ['sepia-fog', 'negative-snow', 'posterized-night'];
/** Keys of the training config, and what each lever sets them to. */
const LEVERS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'every step': { 'discriminator.every': 1 },
  'every 2nd step': { 'discriminator.every': 2 },
  'every 4th step (preset fast)': { 'discriminator.every': 4 },
  'every 8th step': { 'discriminator.every': 8 },
  'every 4th step, fresh': { 'discriminator.every': 4, 'fineTune.discriminator': 'fresh' },
};

interface Point {
  readonly step: number;
  readonly seconds: number;
  readonly psnr: number;
}

interface MetricsEvent {
  readonly type: string;
  readonly step: number;
  readonly seconds: number;
  readonly values?: Readonly<Record<string, number>>;
}

const project = process.argv[2] ?? join(process.cwd(), '.cache/quickstart');
if (!existsSync(join(project, 'weights'))) {
  console.error(`${project} has not been trained: run \`npm run quickstart\` first`);
  process.exit(2);
}
const engine = join(process.cwd(), 'dist/engine/dnw.mjs');
const run = promisify(execFile);

/** The project again, with its training config changed. */
function changedCopy(lever: Readonly<Record<string, unknown>>): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'levers-')), 'project');
  cpSync(project, copy, { recursive: true, filter: (path) => !path.startsWith(join(project, 'runs')) });
  const file = join(copy, 'quickstart.training.yaml');
  const document = parseDocument(readFileSync(file, 'utf8'));
  for (const [key, value] of Object.entries(lever)) {
    const path = key.split('.');
    if (!isMap(document.get(path[0]!))) document.set(path[0]!, document.createNode({}));
    document.setIn(path, value);
  }
  writeFileSync(file, document.toString());
  return copy;
}

/** Held-out quality while a concept is fine-tuned from its denoised weights. */
async function fineTune(copy: string, concept: string): Promise<Point[]> {
  const about = ['--project', copy, '--concept', concept, '--device', 'cpu', '--json'];
  if (!existsSync(join(copy, 'weights', concept, 'denoised.safetensors'))) {
    await run(process.execPath, [engine, 'denoise', ...about], { maxBuffer: 2 ** 28 });
  }
  const { stdout } = await run(process.execPath, [engine, 'fine-tune', ...about], { maxBuffer: 2 ** 28 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as MetricsEvent)
    .filter(({ type, values }) => type === 'metrics' && values?.['quality/psnr'] !== undefined)
    .map(({ step, seconds, values }) => ({ step, seconds, psnr: values!['quality/psnr']! }));
}

for (const concept of CONCEPTS) {
  const curves = new Map<string, Point[]>();
  for (const [name, lever] of Object.entries(LEVERS)) {
    const copy = changedCopy(lever);
    try {
      curves.set(name, await fineTune(copy, concept));
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  }
  const goal = curves.get('every step')!.at(-1)!.psnr - 0.2;
  console.log(
    `\n${concept}: seconds to within 0.2 dB of where updating it every step ends (${goal.toFixed(2)} dB)\n`,
  );
  console.log('| discriminator updated | ms per step | PSNR at the end | reaches the goal after |');
  console.log('| --- | --- | --- | --- |');
  for (const [name, points] of curves) {
    const end = points.at(-1)!;
    const reached = points.find(({ psnr }) => psnr >= goal);
    console.log(
      `| ${name} | ${((1000 * end.seconds) / end.step).toFixed(1)} | ${end.psnr.toFixed(2)} dB | ` +
        `${reached ? `${reached.seconds.toFixed(2)} s, ${reached.step} steps` : 'not in this training'} |`,
    );
  }
}

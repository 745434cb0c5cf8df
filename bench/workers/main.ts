/**
 * What do several processes gain that share a `collect` run on this machine?
 * npm run build && npm run bench -- workers [--sizes 48,64] [--workers 1,2] [--concepts 12] [--steps 60] [--rounds 2]
 *
 * Pairs are prepared and a base is trained beforehand. Then the same zoo is collected by different numbers of processes, in
 * turns; each has its share of the cores. The time is that of the whole command, with the start of all processes.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { mean } from '../method/statistics.ts';
import { PHOTOGRAPHS_FOLDER, writeCrops } from '../photographs.ts';

const PROGRAM = join('dist', 'engine', 'dnw.mjs');
const PHOTOGRAPHS = 40;
const run = promisify(execFile);

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '48,64' },
    workers: { type: 'string', default: '1,2' },
    concepts: { type: 'string', default: '12' },
    steps: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '2' },
  },
});
const numbers = (text: string) => text.split(',').map(Number);
const [concepts, steps, rounds] = [values.concepts, values.steps, values.rounds].map(Number) as [
  number,
  number,
  number,
];
const cores = availableParallelism();
const scratch = mkdtempSync(join(tmpdir(), 'dnw-workers-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** A project with prepared pairs and a base. */
async function makeProject(size: number): Promise<string> {
  const project = join(scratch, String(size));
  await mkdir(project);
  await cp('examples/quickstart/concepts', join(project, 'concepts'), { recursive: true });
  await writeCrops(PHOTOGRAPHS_FOLDER, join(project, 'images'), PHOTOGRAPHS);
  const names = readdirSync(join(project, 'concepts')).map((file) => file.replace('.concept.yaml', ''));
  const config = {
    extends: 'preset:fast',
    device: 'cpu',
    image: { size, train: PHOTOGRAPHS - 8, test: 8 },
    base: { steps: 10 },
    collect: { concepts: names.slice(0, concepts), steps },
  };
  await writeFile(join(project, 'bench.training.yaml'), JSON.stringify(config));
  await dnw('prepare', project);
  await dnw('train-base', project);
  return project;
}

async function dnw(stage: string, project: string, ...options: string[]): Promise<number> {
  const begun = performance.now();
  await run(process.execPath, [PROGRAM, stage, '--project', project, ...options]);
  return (performance.now() - begun) / 1000;
}

console.log(`${cores} cores, ${concepts} concepts, ${steps} steps each, mean of ${rounds} rounds\n`);
console.log('| image size | processes | threads each | s | concepts per minute | ratio |');
console.log('| ---: | ---: | ---: | ---: | ---: | ---: |');
for (const size of numbers(values.sizes)) {
  const project = await makeProject(size);
  const seconds = new Map<number, number[]>();
  const threads = new Map<number, number>();
  for (let round = 0; round < rounds; round++) {
    for (const workers of numbers(values.workers)) {
      await rm(join(project, 'zoo'), { recursive: true, force: true });
      const id = `${workers}-${round}`;
      const taken = await dnw('collect', project, '--workers', String(workers), '--run-id', id);
      seconds.set(workers, [...(seconds.get(workers) ?? []), taken]);
      const record = readFileSync(join(project, 'runs', id, 'run.json'), 'utf8');
      threads.set(workers, (JSON.parse(record) as { config: { threads: number } }).config.threads);
    }
  }
  const [first] = [...seconds.values()].map(mean) as [number];
  for (const [workers, taken] of seconds) {
    const each = mean(taken);
    console.log(
      `| ${size} | ${workers} | ${threads.get(workers)} | ${each.toFixed(1)} | ${((60 * concepts) / each).toFixed(1)} | ${(first / each).toFixed(2)}x |`,
    );
  }
}

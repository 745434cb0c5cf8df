/**
 * Reads damaged inputs, in a process that may crash: node damage-worker.mjs <subject> <seed> <from> <to> <folder>
 * Writes one line of JSON to standard output when a reading begins and one when it has ended.
 */
import { mkdirSync, writeSync } from 'node:fs';
import { Random } from '../../src/data/random.ts';
import type { WorkerLine } from './damage.ts';
import { SUBJECTS } from './subjects.ts';

const MEBIBYTE = 2 ** 20;
/** Readings after which what is loaded and compiled on first use counts as the baseline. */
const WARM_UP = 10;

const [name, seed, from, to, folder] = process.argv.slice(2) as [string, string, string, string, string];
// At once, even if the reader never comes back.
const say = (line: WorkerLine) => writeSync(1, `${JSON.stringify(line)}\n`);

mkdirSync(folder, { recursive: true });
const subject = await (await SUBJECTS[name]!())(folder);
const all = new Random(Number(seed)).fork(name);
for (let index = 0; index < WARM_UP; index++) {
  if (name !== 'faulty') await subject.read(all.fork(`warm-up ${index}`), 0);
}
const baseline = process.memoryUsage().rss;
for (let index = Number(from); index < Number(to); index++) {
  say({ begun: index });
  const before = process.cpuUsage();
  const { accepted, faults } = await subject.read(all.fork(`input ${index}`), index);
  const { user, system } = process.cpuUsage(before);
  const aboveBaseline = (process.memoryUsage().rss - baseline) / MEBIBYTE;
  say({ ended: index, accepted, faults, cpuSeconds: (user + system) / 1e6, aboveBaseline });
}
process.exit(0);

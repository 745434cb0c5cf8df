/**
 * Measures `preset:photo` on photographs: npm run bench -- preset-photo [--seeds <n>] [--concepts <n>] [--report]
 * It takes hours, and continues where it was stopped.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectPaths } from '../../src/project/paths.ts';
import type { RunEvent } from '../../src/protocol/events.ts';
import { RUN_FILES } from '../../src/protocol/run.ts';
import { reportOf } from './report.ts';
import { type Command, commandsOf, HELD_OUT, SEEDS, writeProject } from './study.ts';

const { values } = parseArgs({
  options: {
    project: { type: 'string', default: '.cache/bench/preset-photo/work' },
    seeds: { type: 'string', default: String(SEEDS.length) },
    concepts: { type: 'string', default: String(HELD_OUT.length) },
    report: { type: 'boolean', default: false },
  },
});
const project = resolve(values.project);
const seeds = SEEDS.slice(0, Number(values.seeds));
const concepts = HELD_OUT.slice(0, Number(values.concepts));
const program = resolve('dist/engine/dnw.mjs');
const paths = projectPaths(project);

/** The result of a run that has succeeded; undefined if it has not. */
function resultOf(run: string): Record<string, unknown> | undefined {
  const file = join(paths.run(run), 'result.json');
  if (!existsSync(file)) return undefined;
  const { status, result } = JSON.parse(readFileSync(file, 'utf8')) as {
    status: string;
    result: Record<string, unknown>;
  };
  return status === 'succeeded' ? result : undefined;
}

/** The measurement of a member comes at its end, with the seconds of its training. */
function memberSeconds(run: string): number[] {
  const file = join(paths.run(run), RUN_FILES.events);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.flatMap((line) => {
    const event = JSON.parse(line) as RunEvent;
    const isEnd = event.type === 'metrics' && 'quality/psnr' in event.values;
    return isEnd && event.seconds !== undefined ? [event.seconds] : [];
  });
}

/** Runs a command, or continues its run, unless it has succeeded. */
async function ensure({ run, arguments: given }: Command): Promise<void> {
  if (resultOf(run) !== undefined) return;
  console.log(`\n=== ${run}`);
  const begun = existsSync(paths.run(run));
  const [stage] = given;
  const all = begun ? [stage!, '--resume', run] : [...given, '--run-id', run];
  const child = spawn(process.execPath, [program, ...all, '--project', project], { stdio: 'inherit' });
  const code = await new Promise((ended) => child.on('close', ended));
  if (code !== 0) throw new Error(`${run} ended with status ${code}`);
}

const report = () => reportOf(seeds, concepts, resultOf, memberSeconds);
if (!existsSync(program)) throw new Error(`${program} is missing. Build it with: npm run build`);
if (!values.report) {
  await writeProject(project);
  for (const seed of seeds) {
    for (const command of commandsOf(seed, concepts)) await ensure(command);
    console.log(`\n${report()}`);
  }
} else console.log(report());

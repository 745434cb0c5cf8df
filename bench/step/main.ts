/**
 * Time of training steps, compared with other programs' on the same weights, images, losses and optimizer:
 * npm run bench -- step [--help]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { defaultThreads } from '../../src/compute/run/threads.ts';
import { compile } from '../../src/compute/trace/compile.ts';
import { stepCost } from '../../src/compute/trace/cost.ts';
import { type Budget, budgetOf, excesses } from './budget.ts';
import { bundled, Contender, findTorch } from './contender.ts';
import type { Part } from './parts.ts';
import { type Measured, type StepReport, stepMarkdown, stepSvg } from './report.ts';
import { median, quantile } from './statistics.ts';
import { writeWorkload } from './workload-folder.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

interface Options {
  readonly workload: string[];
  readonly rounds: number;
  readonly threads: number;
  readonly device: string;
  readonly eager: boolean;
  readonly output: string;
  readonly docs: boolean;
  readonly check: boolean;
  readonly writeBudget: boolean;
}

const BUDGETS = join(process.cwd(), 'bench/step/budgets.json');

/** Number of steps whose losses are compared before anything is timed. */
const COMPARED = 5;
/** Maximum relative difference of losses: they are float32 sums in another order, and Adam divides by small numbers. */
const TOLERANCE = 2e-3;
/** Approximate duration of one contender's turn; they take turns so that all run under the same conditions. */
const TURN_MILLISECONDS = 2500;

type Outputs = Readonly<Record<string, number>>;

function largestDifference(own: readonly Outputs[], other: readonly Outputs[]): number {
  let largest = 0;
  for (const [step, outputs] of own.entries()) {
    for (const [name, value] of Object.entries(outputs)) {
      const found = other[step]![name];
      if (found === undefined) throw new Error(`the reference returns no ${name}`);
      largest = Math.max(largest, Math.abs(value - found) / Math.max(Math.abs(value), 1e-3));
    }
  }
  return largest;
}

/** The commands that run a workload, ours first. */
function commands(
  workload: Workload,
  folder: string,
  { threads, eager, device }: Options,
): [string, string[]][] {
  const own = (device: string) => [
    process.execPath,
    bundled('own-engine'),
    workload.name,
    device,
    String(threads),
  ];
  const found: [string, string[]][] = [['ours', own(device)]];
  const torch = findTorch();
  if (torch) {
    writeWorkload(workload, folder, threads);
    found.push([
      `PyTorch ${torch.version}`,
      [torch.python, join(process.cwd(), 'bench/step/torch/reference.py'), folder],
    ]);
  }
  if (eager) found.push(['eager tfjs', own('tfjs')]);
  return found;
}

async function measure(workload: Workload, options: Options): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'workload-'));
  const running: { contender: Contender; first: Outputs[]; times: number[]; perTurn: number }[] = [];
  try {
    for (const [name, command] of commands(workload, folder, options)) {
      const started = await start(name, command, options, running.length > 0);
      if (!started) continue;
      const { contender, first } = started;
      for (const warning of contender.warnings) console.log(`  ${name}: ${warning}`);
      const more = await contender.steps(COMPARED - 1);
      const perTurn = Math.max(1, Math.round(TURN_MILLISECONDS / median(more.milliseconds)));
      running.push({ contender, first: [...first.outputs, ...more.outputs], times: [], perTurn });
    }
    const [own, ...others] = running;
    const differences = others.map(({ first }) => largestDifference(own!.first, first));
    for (const [index, difference] of differences.entries()) {
      if (!(difference < TOLERANCE)) {
        throw new Error(
          `${workload.name}: the losses of ${others[index]!.contender.name} differ by ${difference}, so it does not compute the same.`,
        );
      }
    }
    for (let round = 0; round < options.rounds; round++) {
      for (const entry of running) {
        entry.times.push(...(await entry.contender.steps(entry.perTurn)).milliseconds);
      }
    }
    const results: Measured[] = [];
    for (const [index, { contender, times }] of running.entries()) {
      results.push({
        name: contender.name,
        milliseconds: median(times),
        low: quantile(times, 0.1),
        high: quantile(times, 0.9),
        steps: times.length,
        peakBytes: await contender.peakBytes(),
        firstStepSeconds: contender.firstStepSeconds,
        ...(index > 0 && { largestDifference: differences[index - 1]! }),
      });
    }
    return results;
  } finally {
    for (const { contender } of running) await contender.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** PyTorch runs where we do: on the GPU that CUDA finds, for any of our GPU engines. */
function torchPlace(device: string): Record<string, string> {
  return { TORCH_DEVICE: device === 'cpu' ? 'cpu' : 'cuda' };
}

/** Starts a program. A reference may lack what it needs; our own program may not. */
async function start(name: string, command: string[], { device }: Options, dispensable: boolean) {
  try {
    return await Contender.start(name, command, torchPlace(device));
  } catch (error) {
    if (!dispensable) throw error;
    console.log(`  ${(error as Error).message.split('\n').at(-1)}: left out`);
    return undefined;
  }
}

function run<T>(program: string, ...args: string[]): T {
  const output = execFileSync(process.execPath, [bundled(program), ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(output) as T;
}

async function main(options: Options): Promise<void> {
  const torch = findTorch();
  console.log(
    torch
      ? `PyTorch ${torch.version} (${torch.python}) is measured next to ours.`
      : 'No python3 on this machine has PyTorch, so only ours is measured. On Debian: apt-get install python3-torch libopenblas0-openmp',
  );
  const threads = String(options.threads);
  const workloads: StepReport['workloads'][number][] = [];
  for (const name of options.workload) {
    console.log(`\n${name}`);
    const workload = WORKLOADS[name]!();
    const cost = stepCost(compile(workload.step).step);
    const before = run<{ gflops: number }>('peak', options.device, threads).gflops;
    const measured = await measure(workload, options);
    const after = run<{ gflops: number }>('peak', options.device, threads).gflops;
    // The profiles of the GPU engines say when a node was submitted, not how long it took.
    const profiled =
      options.device === 'cpu'
        ? run<{ parts: Record<Part, number> }>('where-time-goes', name, threads)
        : undefined;
    workloads.push({
      name,
      title: workload.title,
      gigaflop: cost.total / 1e9,
      peak: Math.max(before, after),
      measured,
      ...(profiled && { parts: profiled.parts }),
    });
    for (const { name: who, milliseconds, low, high } of measured) {
      console.log(
        `  ${who}: ${milliseconds.toFixed(1)} ms per step (${low.toFixed(1)} to ${high.toFixed(1)}), ` +
          `${(cost.total / 1e6 / milliseconds).toFixed(0)} GFLOP/s of ${Math.max(before, after).toFixed(0)}`,
      );
    }
  }
  const report: StepReport = {
    date: new Date().toISOString(),
    processor: cpus()[0]?.model ?? 'unknown',
    threads: options.threads,
    device: options.device,
    node: process.version,
    workloads,
  };
  mkdirSync(options.output, { recursive: true });
  for (const [file, text] of [
    ['step.json', `${JSON.stringify(report, null, 2)}\n`],
    ['step.md', stepMarkdown(report)],
    ['step.svg', stepSvg(report)],
  ] as const) {
    writeFileSync(join(options.output, file), text);
    console.log(join(options.output, file));
  }
  if (options.docs) writeIntoDocs(report);
}

/** Replaces what is between the marks in docs/performance.md, and its chart. */
function writeIntoDocs(report: StepReport): void {
  const page = join(process.cwd(), 'docs/performance.md');
  const [begin, end] = ['<!-- step: begin -->', '<!-- step: end -->'];
  const text = readFileSync(page, 'utf8');
  const [before, after] = [text.split(begin)[0]!, text.split(end)[1]!];
  writeFileSync(page, `${before}${begin}\n${stepMarkdown(report)}\n${end}${after}`);
  writeFileSync(join(process.cwd(), 'docs/images/step.svg'), stepSvg(report));
  console.log(page);
}

/** Compares each step's cost with its budget, or writes new budgets. Runs no step. */
function checkBudgets({ workload, writeBudget }: Options): void {
  const allowed: Record<string, Budget> = existsSync(BUDGETS)
    ? (JSON.parse(readFileSync(BUDGETS, 'utf8')) as Record<string, Budget>)
    : {};
  const found = Object.fromEntries(workload.map((name) => [name, budgetOf(WORKLOADS[name]!())]));
  if (writeBudget) {
    writeFileSync(BUDGETS, `${JSON.stringify({ ...allowed, ...found }, null, 2)}\n`);
    console.log(BUDGETS);
    return;
  }
  for (const [name, { gigaflop, nodes, copiedBytes, constantBytes }] of Object.entries(found)) {
    console.log(
      `${name}: ${gigaflop} GFLOP, ${nodes} nodes, ${copiedBytes} bytes copied, ${constantBytes} bytes of constants`,
    );
  }
  const grown = Object.entries(found).flatMap(([name, budget]) => excesses(name, budget, allowed[name]));
  for (const line of grown) console.error(line);
  if (grown.length > 0) process.exitCode = 1;
}

const names = Object.keys(WORKLOADS);
const program = new Command('npm run bench -- step')
  .description('Times training steps next to PyTorch (if python3 has it) and eager tfjs.')
  .option('-w, --workload <name...>', `workloads: ${names.join(', ')}`, names)
  .option('-r, --rounds <n>', 'number of turns of each program', Number, 7)
  .option('-t, --threads <n>', 'CPU threads of every program', Number, defaultThreads())
  .option('-d, --device <name>', 'device for our programs: cpu, webgpu, cuda, directml', 'cpu')
  .option('--eager', 'also run the step eagerly in tfjs: minutes per step on its CPU backend', false)
  .option('-o, --output <folder>', 'folder for the table', join(dirname(bundled('main')), 'results'));
program
  .option('--docs', 'also put the table and the chart into docs/performance.md', false)
  .option('--check', 'do not time anything: fail if a step costs more than its budget', false)
  .option('--write-budget', 'do not time anything: write the costs of steps as their budgets', false);
program.parse();
const options = program.opts<Options>();
const unknown = options.workload.find((name) => !(name in WORKLOADS));
if (unknown !== undefined)
  program.error(`There is no workload ${unknown}. Workloads: ${names.join(', ')}.`, { exitCode: 2 });
if (options.check || options.writeBudget) checkBudgets(options);
else await main(options);

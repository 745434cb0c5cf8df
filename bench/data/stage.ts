/**
 * Runs one stage on the benchmark's project and prints what it took, as JSON: node stage.mjs <project> <stage> <threads>
 * A process of its own, so that the peak of its memory is that of the stage.
 */
import { join } from 'node:path';
import { PairBatches } from '../../src/data/pair-batches.ts';
import { collect } from '../../src/pipeline/stages/collect.ts';
import { evaluate } from '../../src/pipeline/stages/evaluate.ts';
import { prepare } from '../../src/pipeline/stages/prepare.ts';
import { trainBase } from '../../src/pipeline/stages/train-base.ts';
import { trainGenerator } from '../../src/pipeline/stages/train-generator.ts';
import { openContext, stageContext, trainingOf } from '../method/context.ts';

/** What a stage took. */
export interface Cost {
  readonly seconds: number;
  /** Seconds of processor time, of all threads. */
  readonly cpuSeconds: number;
  /** Peak of the resident memory in mebibytes. */
  readonly peak: number;
  /** Seconds that training steps took altogether, and that they waited for their batches. */
  readonly steps: number;
  readonly waiting: number;
}

const STAGES = {
  prepare,
  'train-base': trainBase,
  collect,
  'train-generator': trainGenerator,
  evaluate,
};
export type MeasuredStage = keyof typeof STAGES;

let waiting = 0;
const { batch } = PairBatches.prototype;
PairBatches.prototype.batch = async function (step) {
  const begun = performance.now();
  const given = await batch.call(this, step);
  waiting += (performance.now() - begun) / 1000;
  return given;
};

const [folder, stage, threads] = process.argv.slice(2) as [string, MeasuredStage, string];
const opened = await openContext(folder, join(folder, 'runs'), Number(threads));
const context = await stageContext(opened, trainingOf(opened, 'bench'), stage);
const begun = performance.now();
const before = process.cpuUsage();
const { status, result } = await STAGES[stage]({
  ...context,
  options: stage === 'evaluate' ? { concept: 'held-out' } : {},
});
if (status !== 'succeeded') throw new Error(`${stage}: ${status}`);
const { user, system } = process.cpuUsage(before);
const cost: Cost = {
  seconds: (performance.now() - begun) / 1000,
  cpuSeconds: (user + system) / 1e6,
  // Linux and macOS report kibibytes.
  peak: process.resourceUsage().maxRSS / 1024,
  steps: stage === 'train-base' ? (result.seconds as number) : 0,
  waiting,
};
console.log(JSON.stringify(cost));

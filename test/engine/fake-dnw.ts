/** The engine's command line over stages that need no model: what surrounds a stage is tested with it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../src/engine/main.ts';
import type { StageContext, StageFunction, StageOutcome } from '../../src/pipeline/stage.ts';
import { UserError } from '../../src/project/user-error.ts';

const STEP_MS = 5;
const turn = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Counts to `--steps` and remembers in its checkpoint how far it came. */
async function count(context: StageContext): Promise<StageOutcome> {
  const { run, options, resume, shouldStop } = context;
  const checkpoint = join(run.folder, 'count.txt');
  const steps = options.steps ?? 20;
  const begunAt = resume && existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0;
  let done = begunAt;
  const save = () => {
    writeFileSync(checkpoint, String(done));
    run.emit({ type: 'checkpoint', step: done, file: 'count.txt' });
  };
  const result = () => ({ begunAt, done, seed: options.seed ?? context.training.config.seed });
  while (done < steps) {
    if (shouldStop()) {
      save();
      return { status: 'stopped', result: result() };
    }
    await turn(STEP_MS);
    done++;
    run.emit({ type: 'metrics', step: done, values: { 'loss/l1': 1 / done } });
    run.emit({ type: 'progress', message: 'counting', done, total: steps, unit: 'steps' });
    if (done % 10 === 0) save();
  }
  return { status: 'succeeded', result: result() };
}

const talkative: StageFunction = async (context) => {
  console.log('a library talks');
  context.run.emit({ type: 'log', level: 'warning', message: 'something to know' });
  return count(context);
};

const failing: StageFunction = async () => {
  throw new UserError('no-images', 'The photographs are missing. Put some into images/.');
};

const buggy: StageFunction = async () => {
  throw new TypeError('undefined is not a tensor');
};

const crashing: StageFunction = async () => {
  setTimeout(() => {
    throw new Error('thrown outside of the stage');
  }, 1);
  await turn(60_000);
  return { status: 'succeeded', result: {} };
};

await main(process.argv, async () => ({
  stages: {
    prepare: talkative,
    'train-base': failing,
    'search-ranks': count,
    collect: buggy,
    'train-generator': crashing,
    denoise: count,
    'fine-tune': count,
    translate: count,
    evaluate: count,
    quickstart: count,
  },
  work: {},
}));

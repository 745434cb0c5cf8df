import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random } from '../../src/data/random.ts';
import { describeError } from '../../src/engine/exit-codes.ts';
import { planStage } from '../../src/engine/stage-plan.ts';
import { listRuns } from '../../src/project/runs/run-record.ts';
import { faultsOfText } from './error-rules.ts';
import { mutateBytes, mutateJson } from './mutators.ts';
import type { MakeSubject } from './subject.ts';
import { makeTinyProject } from './tiny-project.ts';

const WHOLE = 'whole';
const DAMAGED = 'damaged';

/** Mutated run folders: listed, and resumed up to the moment at which the stage would begin. */
export const runFolderSubject: MakeSubject = async (folder) => {
  const project = join(folder, 'project');
  await makeTinyProject(project);
  const whole = join(project, 'runs', WHOLE);
  const { run } = await planStage('train-base', { project, training: 'tiny', runId: WHOLE });
  run.lock.release();
  const events = [
    {
      time: 1,
      type: 'started',
      runId: WHOLE,
      stage: 'train-base',
      name: 'tiny',
      pid: 1,
      host: 'x',
      resumed: false,
    },
    { time: 2, type: 'progress', message: 'training', done: 1, total: 2, unit: 'steps' },
    { time: 3, type: 'metrics', step: 1, values: { 'loss/l1': 0.5 } },
    { time: 4, type: 'finished', status: 'stopped', seconds: 1 },
  ];
  writeFileSync(join(whole, 'events.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  writeFileSync(join(whole, 'result.json'), JSON.stringify({ status: 'stopped', result: {}, seconds: 1 }));
  const pristine = join(folder, 'pristine');
  cpSync(whole, pristine, { recursive: true });
  return {
    read: async (random) => {
      const damaged = join(project, 'runs', DAMAGED);
      cpSync(pristine, damaged, { recursive: true });
      damage(damaged, random);
      try {
        return await readRuns(project);
      } finally {
        rmSync(damaged, { recursive: true, force: true });
      }
    },
  };
};

async function readRuns(project: string) {
  const faults: string[] = [];
  try {
    const runs = await listRuns(project);
    const whole = runs.find(({ id }) => id === WHOLE);
    if (whole?.damage !== undefined || whole?.state !== 'stopped')
      faults.push('another run is not listed as it is');
    for (const { damage, folder } of runs) {
      if (damage !== undefined) faults.push(...faultsOfText(damage, folder));
    }
  } catch (error) {
    faults.push(...faultsOfText(describeError(error).message, DAMAGED), 'the runs cannot be listed');
  }
  try {
    const { run } = await planStage('train-base', { project, resume: DAMAGED });
    run.lock.release();
    return { accepted: true, faults };
  } catch (error) {
    return { accepted: false, faults: [...faults, ...faultsOfText(describeError(error).message, DAMAGED)] };
  }
}

/** Damages one or two files of a run folder, or what kind of file they are. */
function damage(run: string, random: Random): void {
  for (let n = 1 + random.int(2); n > 0; n--) {
    const names = readdirSync(run).sort();
    if (names.length === 0) return;
    const name = names[random.int(names.length)]!;
    DAMAGES[random.int(DAMAGES.length)]!(join(run, name), random);
  }
}

const ODD_NAMES = [
  'owner-0.json',
  'owner-2.json',
  'owner-9007199254740992.json',
  'stop-request',
  'owner-x.json',
];

const DAMAGES: readonly ((path: string, random: Random) => void)[] = [
  (path, random) => rewrite(path, (bytes) => mutateBytes(bytes, random)),
  (path, random) => rewrite(path, (bytes) => mutatedLines(bytes, random)),
  (path, random) => rewrite(path, (bytes) => mutatedLines(bytes, random)),
  (path) => rmSync(path, { recursive: true }),
  (path) => {
    rmSync(path, { recursive: true });
    mkdirSync(path);
  },
  (path, random) => {
    const to = join(dirname(path), ODD_NAMES[random.int(ODD_NAMES.length)]!);
    if (to === path) return;
    rmSync(to, { recursive: true, force: true });
    renameSync(path, to);
  },
  (path, random) => {
    rmSync(path, { recursive: true });
    symlinkSync(['/nowhere', '/dev/zero', path, '..'][random.int(4)]!, path);
  },
];

function rewrite(path: string, change: (bytes: Buffer) => Buffer): void {
  // An earlier damage may have put something else in its place, even something endless.
  if (!lstatSync(path).isFile()) return;
  writeFileSync(path, change(readFileSync(path)));
}

/** Lines of JSON, or a file of it, with other values. */
function mutatedLines(bytes: Buffer, random: Random): Buffer {
  const text = bytes.toString('utf8');
  try {
    return Buffer.from(JSON.stringify(mutateJson(JSON.parse(text), random)) ?? '');
  } catch {
    const lines = text.split('\n');
    const at = random.int(lines.length);
    try {
      lines[at] = JSON.stringify(mutateJson(JSON.parse(lines[at]!), random)) ?? '';
    } catch {
      lines[at] = '';
    }
    return Buffer.from(lines.join('\n'));
  }
}

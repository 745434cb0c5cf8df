/** SIGKILL to processes that share a run, its leader among them; the run has to end as if one process had done all of it. */
import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Random } from '../../src/data/random.ts';
import { readOwner } from '../../src/project/runs/run-owner.ts';
import { unitPaths } from '../../src/project/runs/run-units.ts';
import { faultsAfter } from './check.ts';
import { copyOf } from './disk-full.ts';
import { type Ended, runEngine, type Started, startEngine } from './engine.ts';
import { parts, unreadable } from './project-state.ts';
import { resumeCommand, runFolder, type StageReference, stageCommand, stateAfter } from './reference.ts';
import type { TorturedStage } from './stage-table.ts';
import type { Tally } from './tally.ts';
import { conceptText, makeTinyProject } from './tiny-project.ts';

/** Kills before a run may end. */
const MOST_DEATHS = 6;
/** Processes that the leader starts, with itself. */
const WORKERS = 3;
const TRAINING = 'shared';
/** More concepts than processes, each long enough for all of them to come to it. */
const CONFIG = `extends: tiny.training.yaml
collect: { steps: 40, checkpointEvery: 8 }
`;
const MORE_CONCEPTS = ['night', 'oil', 'negative', 'duotone', 'emboss'];

const ALONE: TorturedStage = { stage: 'collect', options: ['--training', TRAINING], makes: ['zoo'] };
const SHARED: TorturedStage = { ...ALONE, options: [...ALONE.options, '--workers', String(WORKERS)] };

export interface WorkersOptions {
  readonly scratch: string;
  readonly seed: number;
  readonly kills: number;
  readonly say: (line: string) => void;
}

export async function workersCampaign({ scratch, seed, kills, say }: WorkersOptions): Promise<Tally> {
  const reference = await makeReference(scratch);
  const all = new Random(seed).fork('workers');
  const faults: string[] = [];
  const counts = { leaders: 0, workers: 0, runs: 0 };
  for (let pass = 0; counts.leaders + counts.workers < kills; pass++) {
    const project = copyOf(reference, join(scratch, `shared-${pass}`));
    const history: string[] = [];
    const found = await torture(project, reference, all.fork(`pass ${pass}`), history);
    counts.runs++;
    counts.leaders += history.filter((entry) => entry.startsWith(LEADER)).length;
    counts.workers += history.filter((entry) => entry.startsWith(WORKER)).length;
    if (found.length === 0) rmSync(project, { recursive: true, force: true });
    else {
      const fault = `seed ${seed}, workers, pass ${pass}, ${history.join(', ')}: ${found.slice(0, 5).join('; ')}`;
      say(fault);
      faults.push(fault);
    }
    say(`workers: ${counts.leaders + counts.workers} of ${kills} kills, ${faults.length} faults`);
  }
  const { leaders, workers, runs } = counts;
  return {
    campaign: 'workers',
    tried: leaders + workers,
    counts: { 'of the leader': leaders, 'of workers': workers, 'runs ended and compared': runs },
    faults,
  };
}

const LEADER = 'leader killed';
const WORKER = 'worker killed';

/** What one process makes of the zoo, in a project in which nothing is killed. */
async function makeReference(scratch: string): Promise<StageReference> {
  const before = join(scratch, 'before-shared');
  await makeTinyProject(before);
  for (const concept of MORE_CONCEPTS) {
    writeFileSync(
      join(before, 'concepts', `${concept}.concept.yaml`),
      conceptText(concept, `make it ${concept}`),
    );
  }
  writeFileSync(join(before, `${TRAINING}.training.yaml`), CONFIG);
  await succeed(['train-base', '--project', before, '--training', TRAINING]);
  const project = join(scratch, 'reference-shared');
  cpSync(before, project, { recursive: true, preserveTimestamps: true });
  const { seconds } = await succeed(stageCommand(project, ALONE));
  return { entry: ALONE, chain: 0, before, seconds, calls: 0, ofSpace: 0, ...stateAfter(project, ALONE) };
}

async function succeed(args: readonly string[]): Promise<Ended> {
  const ended = await runEngine(args);
  if (ended.code !== 0) throw new Error(`${args[0]} failed without any fault:\n${ended.stderr}`);
  return ended;
}

/** Has a run end under kills. @returns what is wrong afterwards */
async function torture(
  project: string,
  reference: StageReference,
  random: Random,
  history: string[],
): Promise<string[]> {
  const deaths = 1 + random.int(MOST_DEATHS);
  let leader: Started | undefined;
  let ended: Ended | undefined;
  for (let death = 0; death < deaths; death++) {
    leader ??= startEngine(nextCommand(project));
    const wait = setTimeout(1000 * random.uniform() * reference.seconds);
    ended = await Promise.race([leader.ended, wait.then(() => undefined)]);
    if (ended !== undefined) break;
    const others = await workersOf(project, leader.child.pid!);
    // Mostly workers, once there are any: without its leader, the run comes to nothing new for a while.
    if (random.int(4) > 0 && others.length > 0) {
      kill(others[random.int(others.length)]!);
      history.push(`${WORKER} at ${death}`);
      continue;
    }
    leader.child.kill('SIGKILL');
    ended = await leader.ended;
    if (ended.signal !== 'SIGKILL') break;
    history.push(`${LEADER} at ${death}`);
    const damaged = await unreadable(project);
    if (damaged.length > 0) return damaged;
    leader = undefined;
    ended = undefined;
  }
  ended ??= await (leader ?? startEngine(nextCommand(project))).ended;
  if (ended.code !== 0 && !/has already finished/.test(ended.stderr))
    return [`exit ${ended.code ?? ended.signal}: ${ended.stderr.trim().slice(-600)}`];
  const left = readdirSync(unitPaths(runFolder(project, ALONE)).claims);
  // Workers may have kept the next leader from removing what a dead one left half written.
  if (parts(project).length > 0) await succeed(['prepare', '--project', project, '--training', TRAINING]);
  return [...(await faultsAfter(project, reference)), ...left.map((unit) => `${unit} is still claimed`)];
}

/** Continues the run, or begins it if there is none yet. */
function nextCommand(project: string): string[] {
  const begun = existsSync(join(runFolder(project, ALONE), 'run.json'));
  return begun ? resumeCommand(project, ALONE) : stageCommand(project, SHARED);
}

/** Process ids of those that work on a unit, without the leader. */
async function workersOf(project: string, leader: number): Promise<number[]> {
  const { claims } = unitPaths(runFolder(project, ALONE));
  const found: number[] = [];
  for (const unit of existsSync(claims) ? readdirSync(claims) : []) {
    // A process that is gone must not be killed: another one may have its number.
    const { owner, active } = await readOwner(join(claims, unit));
    if (active && owner !== undefined && owner.pid !== leader) found.push(owner.pid);
  }
  return found;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

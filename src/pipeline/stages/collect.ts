import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import type { PreparedPairs } from '../../data/prepared.ts';
import { DiskView } from '../../project/disk/disk-view.ts';
import { fewNamed } from '../../project/few-named.ts';
import { itemNamed } from '../../project/names.ts';
import { projectPaths, toProjectPath } from '../../project/paths.ts';
import type { LoadedConcept } from '../../project/project.ts';
import { zooConcepts } from '../../project/selection.ts';
import { UserError } from '../../project/user-error.ts';
import { isWanting } from '../../project/zoo/member-state.ts';
import { zooStates } from '../../project/zoo/zoo-status.ts';
import { readRunState, storedQuality } from '../run-state.ts';
import { RunUnits, type UnitFailure } from '../run-units.ts';
import type { StageContext, StageFunction, StageOutcome, WorkContext, WorkFunction } from '../stage.ts';
import { preparedPairs, stageConcept } from '../stage-support.ts';
import {
  type Collected,
  collectedSchema,
  MemberCollector,
  removeCheckpoint,
} from '../training/member-collector.ts';
import { type BaseModel, loadBase } from '../weights/base-model.ts';

/** Time between two looks at what other processes have done, in milliseconds: each reads two folders. */
const LOOK_MS = 1000;
/** Failures after which a process ends that has not finished any concept. */
const MOST_FAILURES = 3;
/** File in the run folder in which earlier versions listed the concepts that a run had finished. */
const COLLECTED = 'collected.json';
const collectedBefore = z.array(z.object({ concept: z.string(), psnr: storedQuality }));

/**
 * Fine-tunes LoRA weights for every concept of the zoo (or for the named one): each is a unit of the run, which this process
 * takes, another one on this machine, or one on any machine that shares the folder (`dnw work`). Each member is written as a
 * whole as soon as it is done; a resumed run continues within the concepts that were being trained.
 */
export const collect: StageFunction<'collect'> = async (context) => {
  const { project, training, run } = context;
  const base = await loadBase(project, training);
  const units = await unitsOf(context, base.hash);
  if (units.names.length === 0) return nothingWanted(context, base.hash);
  const tell = (concept: string, { psnr, ssim, l1, seconds }: Collected) => {
    run.emit({
      type: 'metrics',
      step: training.config.collect.steps,
      concept,
      ...(seconds !== undefined && { seconds }),
      values: {
        'quality/psnr': psnr,
        ...(ssim !== undefined && { 'quality/ssim': ssim }),
        ...(l1 !== undefined && { 'quality/l1': l1 }),
      },
    });
    const path = projectPaths(project.folder).zooMember(base.hash, concept);
    run.emit({ type: 'artifact', kind: 'zoo-member', file: toProjectPath(project.folder, path), concept });
  };
  // A process that was killed between its last two steps has left them.
  for (const concept of units.done.keys()) await removeCheckpoint(run.folder, concept);
  const isWhole = units.left.length === 0 || (await lead(context, base, units, tell));
  if (!isWhole) return { status: 'stopped', result: { concepts: units.done.size } };
  refuseSetAside(units);
  return {
    status: 'succeeded',
    result: {
      base: base.hash,
      folder: toProjectPath(project.folder, projectPaths(project.folder).zooOf(base.hash)),
      concepts: units.names.map((concept) => ({ concept, psnr: units.done.get(concept)!.psnr })),
      loraParameters: base.lora.layout.size,
    },
  };
};

/** Collects what is left, with others. @returns false if a stop was requested */
async function lead(
  context: StageContext<'collect'>,
  base: BaseModel,
  units: RunUnits<Collected>,
  tell: Taking['tell'],
): Promise<boolean> {
  const concepts = conceptsOf(context, units);
  const pairs = await preparedPairs(context, concepts);
  if (!pairs) return false;
  const pairsOf = new Map(concepts.map(({ name }, index) => [name, pairs[index]!]));
  const collector = await MemberCollector.create(context, base);
  const workers = context.startWorkers(Math.min(context.options.workers ?? 1, units.left.length) - 1);
  try {
    return await takeUnits(context, units, {
      collector: async () => collector,
      pairsOf: async ({ name }) => pairsOf.get(name)!,
      tell,
      waits: true,
    });
  } finally {
    await workers.end();
    await collector.dispose();
  }
}

/** Trains members of a zoo that another process collects, in a run of its own. */
export const workOnCollect: WorkFunction<'collect'> = async (context) => {
  const { project, training, run } = context;
  const base = await loadBase(project, training);
  const units = await RunUnits.open(run.folder, collectedSchema);
  if (units === undefined) {
    throw new UserError(
      'not-divided',
      `${run.folder}: this run has only just begun, and is not divided into concepts yet. Try again in a moment.`,
    );
  }
  conceptsOf(context, units);
  let collector: MemberCollector | undefined;
  let finished = 0;
  try {
    const isWhole = await takeUnits(context, units, {
      // It takes seconds, and there may be nothing to do.
      collector: async () => (collector ??= await MemberCollector.create(context, base)),
      pairsOf: async (concept) => (await preparedPairs(context, [concept]))?.[0],
      tell: () => {
        finished++;
      },
      waits: false,
    });
    const { names, left, setAside } = units;
    return {
      status: isWhole ? 'succeeded' : 'stopped',
      finished,
      total: names.length,
      left: left.length,
      failed: setAside.size,
    };
  } finally {
    await collector?.dispose();
  }
};

interface Taking {
  /** Called for the first unit at the latest. */
  collector(): Promise<MemberCollector>;
  /** @returns undefined if a stop was requested meanwhile */
  pairsOf(concept: LoadedConcept): Promise<PreparedPairs | undefined>;
  /** Called for every unit that is done, by this process or, if it waits for them, by others. */
  tell(concept: string, collected: Collected): void;
  /** Whether to stay until those units are done that others work on, and take them over where they die. */
  readonly waits: boolean;
}

/** Takes units one after the other, until none is left to take. @returns false if a stop was requested */
async function takeUnits(
  context: WorkContext<'collect'>,
  units: RunUnits<Collected>,
  { collector, pairsOf, tell, waits }: Taking,
): Promise<boolean> {
  const { project, training, run, shouldStop } = context;
  const { steps } = training.config.collect;
  const { length } = units.names;
  let looked = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let hasFinished = false;
  const look = async () => {
    looked = performance.now();
    await units.refresh();
    for (const [unit, result] of units.takeNews()) if (waits) tell(unit, result);
  };
  for (;;) {
    await look();
    if (shouldStop()) return false;
    const claim = await units.claim();
    if (claim === undefined) {
      await look();
      if (!waits || units.left.length === 0) return true;
      await setTimeout(LOOK_MS);
      continue;
    }
    const concept = itemNamed(project.concepts, claim.unit)!;
    const member = await collector().catch((error: unknown) => {
      units.giveBack(claim);
      throw error;
    });
    try {
      const pairs = await pairsOf(concept);
      const collected =
        pairs &&
        (await member.collect(concept, pairs, {
          message: `collecting ${concept.name} (${units.done.size + 1} of ${length})`,
          progress: (stepsDone) => ({
            done: units.done.size * steps + stepsDone,
            total: length * steps,
          }),
          afterStep: async () => {
            claim.lock.beat();
            if (performance.now() - looked >= LOOK_MS) await look();
          },
          resume: context.resume || claim.isTakenOver,
        }));
      if (collected === undefined) {
        units.giveBack(claim);
        return false;
      }
      await units.finish(claim, collected);
      tell(concept.name, collected);
      await removeCheckpoint(run.folder, concept.name);
      hasFinished = true;
    } catch (error) {
      // Not a failure of the concept, such as a full disk; or the only one.
      if (!(error instanceof UserError) || length === 1) {
        units.giveBack(claim);
        throw error;
      }
      await units.fail(claim, error);
      run.emit({ type: 'log', level: 'warning', message: `${concept.name} failed: ${error.message}` });
      // Nothing works here: the others of a zoo would fail as well, and be given up.
      if (!hasFinished && ++failures >= MOST_FAILURES) throw error;
    }
  }
}

/** @throws UserError if concepts were given up */
function refuseSetAside({ names, done, setAside }: RunUnits<Collected>): void {
  if (setAside.size === 0) return;
  const [[first, { message }]] = [...setAside] as [[string, UnitFailure]];
  const remedy = [...setAside.values()].every(({ lasting }) => lasting)
    ? 'Correct the cause, then collect them in a new run with --missing: it keeps the others.'
    : 'To try again only what failed, use --resume.';
  throw new UserError(
    'units-failed',
    `${done.size} of ${names.length} concepts are collected, ${setAside.size} failed: ${fewNamed([...setAside.keys()])}. ` +
      `${remedy} ${first}: ${message}`,
  );
}

/** The units of this run: as they were divided when it began, without those that have to be done again. */
async function unitsOf(context: StageContext<'collect'>, baseHash: string): Promise<RunUnits<Collected>> {
  const { project, run, resume } = context;
  const { zooMember } = projectPaths(project.folder);
  const isInZoo = (concept: string) => existsSync(zooMember(baseHash, concept));
  const units = resume ? await RunUnits.open(run.folder, collectedSchema) : undefined;
  if (units) {
    for (const concept of [...units.done.keys()]) if (!isInZoo(concept)) await units.reopen(concept);
    await units.forgetFailures();
    await units.tidy();
    return units;
  }
  const redone = 'every concept is then collected again';
  const listed = resume ? await readRunState(join(run.folder, COLLECTED), collectedBefore, redone) : [];
  const before = (listed ?? []).filter(({ concept }) => isInZoo(concept));
  const finished = new Set(before.map(({ concept }) => concept));
  const wanted = await wantedConcepts(context, baseHash, finished);
  const divided = await RunUnits.divide(
    run.folder,
    wanted.map(({ name }) => name),
    collectedSchema,
  );
  for (const { concept, psnr } of before) divided.publish(concept, { psnr });
  return divided;
}

/** @throws UserError if one of them is no longer in the project */
function conceptsOf(context: WorkContext<'collect'>, { names }: RunUnits<Collected>): LoadedConcept[] {
  return names.map((concept) => stageConcept({ ...context, options: { concept } }));
}

/** The selected concepts; with `missing`, only those that this run has already finished or still has to train. */
async function wantedConcepts(
  context: StageContext<'collect'>,
  baseHash: string,
  finished: ReadonlySet<string>,
): Promise<LoadedConcept[]> {
  const { project, training, options } = context;
  const selected = selectedConcepts(context);
  if (options.missing !== true) return selected;
  const states = await zooStates(project, training, baseHash, new DiskView());
  return selected.filter((concept) => finished.has(concept.name) || isWanting(states.get(concept)!));
}

function nothingWanted({ project, run }: StageContext, baseHash: string): StageOutcome {
  run.emit({ type: 'log', level: 'info', message: 'No member of the zoo is missing or stale.' });
  const folder = toProjectPath(project.folder, projectPaths(project.folder).zooOf(baseHash));
  return { status: 'succeeded', result: { base: baseHash, folder, concepts: [] } };
}

function selectedConcepts(context: StageContext<'collect'>): LoadedConcept[] {
  const { project, training, options } = context;
  const zoo = zooConcepts(project, training);
  if (options.concept === undefined) {
    if (zoo.length > 0) return zoo;
    throw new UserError(
      'no-concept-selected',
      `${training.path}: collect.concepts selects no concept. Add concepts to the project, or hold out fewer.`,
    );
  }
  const concept = stageConcept(context);
  if (zoo.includes(concept)) return [concept];
  throw new UserError(
    'held-out-concept',
    `${concept.name} is held out of the zoo by ${training.path} (collect.concepts, collect.holdOut). ` +
      `The zoo has ${zoo.map(({ name }) => name).join(', ')}.`,
  );
}

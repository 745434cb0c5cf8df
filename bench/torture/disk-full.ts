/** A full disk at the calls that need space; with space again, the run has to go on and end as if nothing had happened. */
import { cpSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/data/random.ts';
import { faultsAfter } from './check.ts';
import { type Running, runEngine } from './engine.ts';
import { faultsOfText } from './error-rules.ts';
import { enlarge, mountSmall, unmount, whyNoMounts } from './mounts.ts';
import { filesBelow, unreadable } from './project-state.ts';
import { resumeCommand, runFolder, type StageReference, stageCommand } from './reference.ts';
import type { Tally } from './tally.ts';

export interface FaultCampaign {
  readonly scratch: string;
  readonly seed: number;
  /** Full disks per stage; at every call that needs space if there are fewer. */
  readonly perStage: number;
  /** The first and the last of the calls that they are drawn from; undefined for all. */
  readonly calls: readonly [number, number] | undefined;
  readonly mountedPerStage: number;
  /** Projects whose disk is full at a time. */
  readonly jobs: number;
  readonly say: (line: string) => void;
}

/** Some of the numbers from 1 to `count`, in order: all, if no more are wanted than there are. */
export function chosenNumbers(count: number, wanted: number, random: Random): number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  if (wanted >= count) return all;
  const order = random.shuffle(count);
  return [...order.slice(0, wanted)].map((index) => index + 1).sort((a, b) => a - b);
}

/** What is wrong with how a command has failed: it has to name a file of the project, and what to do. */
export function faultsOfFailure(stderr: string, project: string, remedy: RegExp): string[] {
  return [
    ...faultsOfText(stderr),
    ...(stderr.includes(project) ? [] : [`names no file: ${stderr.slice(-300)}`]),
    ...(remedy.test(stderr) ? [] : [`says no remedy: ${stderr.slice(-300)}`]),
  ];
}

const FULL =
  /no space is left on the disk\. Free some space(; to continue the run, use --resume|, and try again)/;

/** After so many calls, the campaign says how far it is. */
const TRIED_PER_LINE = 25;

export async function fullDiskCampaign(
  references: readonly StageReference[],
  { scratch, seed, perStage, calls: range, mountedPerStage, jobs, say }: FaultCampaign,
): Promise<Tally> {
  const random = new Random(seed).fork('disk full');
  const faults: string[] = [];
  let atCalls = 0;
  let reallyFull = 0;
  let survived = 0;
  const report = (found: readonly string[], what: string) => {
    for (const fault of found) say(`disk full: ${what}: ${fault}`);
    faults.push(...found.map((fault) => `${what}: ${fault}`));
  };
  const why = mountedPerStage > 0 ? whyNoMounts() : 'not part of this form';
  for (const reference of references) {
    const { stage } = reference.entry;
    const [first, last] = range ?? [1, reference.ofSpace];
    const count = Math.max(0, Math.min(last, reference.ofSpace) - first + 1);
    const chosen = chosenNumbers(count, perStage, random.fork(stage)).map((number) => first - 1 + number);
    const calls = chosen.values();
    let tried = 0;
    const work = async (_: unknown, job: number) => {
      for (const at of calls) {
        const project = copyOf(reference, join(scratch, `full-${job}`));
        const found = await fail(project, reference, { fault: { kind: 'full', at } }, () => {});
        if (found === undefined) survived++;
        else {
          atCalls++;
          const what = `seed ${seed}, ${stage}, full at call ${at}`;
          report(found, what);
          if (found.length > 0) renameSync(project, join(scratch, what));
        }
        if (++tried % TRIED_PER_LINE === 0) say(`disk full: ${stage}: ${tried} of ${chosen.length} calls`);
      }
    };
    await Promise.all(Array.from({ length: jobs }, work));
    const before = occupied(reference.before);
    for (let trial = 0; why === undefined && trial < mountedPerStage; trial++) {
      const folder = join(scratch, 'small');
      // From nothing more than the project has to about what the stage needs.
      const size = before + random.fork(`${stage} ${trial}`).int(PAGES) * PAGE;
      mountSmall(folder, size);
      try {
        const project = copyOf(reference, join(folder, 'project'));
        const found = await fail(project, reference, {}, () => enlarge(folder, 2 ** 26));
        if (found === undefined) survived++;
        else {
          reallyFull++;
          report(found, `seed ${seed}, ${stage}, disk of ${size} bytes`);
        }
      } finally {
        unmount(folder);
      }
    }
    say(
      `disk full: ${stage} done (${reference.ofSpace} calls), ${atCalls + reallyFull} full disks, ${faults.length} faults`,
    );
  }
  return {
    campaign: 'disk full',
    tried: atCalls + reallyFull,
    counts: {
      'at calls that need space': atCalls,
      [`on a small file system${why === undefined ? '' : ` (${why})`}`]: reallyFull,
      'that did not stop the stage': survived,
    },
    faults,
  };
}

const PAGE = 4096;
const PAGES = 24;

/** Bytes that a copy of a folder needs on a file system in memory. */
function occupied(folder: string): number {
  const pages = filesBelow(folder).map((path) => Math.ceil(statSync(join(folder, path)).size / PAGE));
  return PAGE * pages.reduce((sum, count) => sum + count, 0) + PAGE;
}

/** A copy of the project as the stage found it. */
export function copyOf({ before }: StageReference, project: string): string {
  rmSync(project, { recursive: true, force: true });
  cpSync(before, project, { recursive: true, preserveTimestamps: true });
  return project;
}

/** Runs a stage into a full disk, makes space, and has it end; undefined if it ends despite the full disk. */
async function fail(
  project: string,
  reference: StageReference,
  running: Running,
  makeSpace: () => void,
): Promise<string[] | undefined> {
  const { entry } = reference;
  const failed = await runEngine(stageCommand(project, entry), running);
  makeSpace();
  const faults = failed.code === 0 ? [] : faultsOfFailure(failed.stderr, project, FULL);
  if (failed.code !== 0) {
    faults.push(...(await unreadable(project)));
    const begun = existsSync(join(runFolder(project, entry), 'run.json'));
    const again = await runEngine(begun ? resumeCommand(project, entry) : stageCommand(project, entry));
    const finished = again.code === 0 || /has already finished/.test(again.stderr);
    if (!finished) return [...faults, `does not go on: exit ${again.code}: ${again.stderr.slice(-600)}`];
  }
  faults.push(...(await faultsAfter(project, reference)));
  return failed.code === 0 && faults.length === 0 ? undefined : faults;
}

import { mkdir, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { makeFolder, noneIfMissing } from '../project/disk/folders.ts';
import { createWholeSync } from '../project/disk/write-whole.ts';
import { RunLock } from '../project/runs/run-lock.ts';
import { readOwner } from '../project/runs/run-owner.ts';
import { type UnitPaths, unitPaths } from '../project/runs/run-units.ts';
import type { UserError } from '../project/user-error.ts';
import type { ErrorKind } from '../protocol/errors.ts';
import { readRunState, sealed, writeRunState } from './run-state.ts';

/** Attempts at a unit that may fail before it is set aside. */
const MOST_FAILURES = 3;
/** What would go wrong in the same way if another process tried again. */
const LASTING: ReadonlySet<ErrorKind> = new Set(['diverged', 'changed-inputs']);

const planSchema = z.array(z.string());
const failureSchema = z.object({
  message: z.string(),
  host: z.string(),
  /** Whether the next attempt would fail as well. */
  lasting: z.boolean(),
});

/** An attempt at a unit that has failed. */
export type UnitFailure = z.output<typeof failureSchema>;

/** A unit that this process has taken. */
export interface Claim {
  readonly unit: string;
  /** Whether another process worked on it before, which may have left a checkpoint. */
  readonly isTakenOver: boolean;
  readonly lock: RunLock;
}

/**
 * The units of one run, as one of the processes that share them sees them. A unit is taken by creating a file that only one
 * process can create, is taken over when the process that holds it has died, and is done when its result has been published:
 * by the first that comes to its end, should two have worked on it.
 * @template R the result of a unit
 */
export class RunUnits<R> {
  readonly #paths: UnitPaths;
  readonly #schema: z.ZodType<R>;
  readonly #done = new Map<string, R>();
  /** By unit, in the order of the attempts. */
  #failures = new Map<string, UnitFailure[]>();
  /** By file: none is read twice, though the folder is looked at every second. */
  #failureOf = new Map<string, UnitFailure>();
  #news: [unit: string, result: R][] = [];

  private constructor(
    readonly names: readonly string[],
    paths: UnitPaths,
    schema: z.ZodType<R>,
  ) {
    this.#paths = paths;
    this.#schema = schema;
  }

  /**
   * The units that a run was divided into; undefined if it has not been yet.
   * @throws UserError if a file is damaged
   */
  static async open<R>(runFolder: string, schema: z.ZodType<R>): Promise<RunUnits<R> | undefined> {
    const paths = unitPaths(runFolder);
    const names = await readRunState(paths.plan, planSchema, 'the run is then divided again');
    if (names === undefined) return undefined;
    const units = new RunUnits(names, paths, schema);
    await units.refresh();
    units.takeNews();
    return units;
  }

  /** Divides a run into units, whatever an earlier run has left in its folder. @param names fit for files, and no two alike */
  static async divide<R>(
    runFolder: string,
    names: readonly string[],
    schema: z.ZodType<R>,
  ): Promise<RunUnits<R>> {
    const paths = unitPaths(runFolder);
    for (const folder of [paths.claims, paths.done, paths.failed]) {
      await rm(folder, { recursive: true, force: true });
      await makeFolder(folder);
    }
    await writeRunState(paths.plan, names);
    return (await RunUnits.open(runFolder, schema))!;
  }

  /** Results of the units that are done, by name, in the order in which this process has learned of them. */
  get done(): ReadonlyMap<string, R> {
    return this.#done;
  }

  /** Units that are given up, and the last failure of each. */
  get setAside(): ReadonlyMap<string, UnitFailure> {
    const entries = this.names.flatMap((name): [string, UnitFailure][] => {
      const failures = this.#failures.get(name) ?? [];
      const last = failures.at(-1);
      const isGivenUp = last !== undefined && (last.lasting || failures.length >= MOST_FAILURES);
      return isGivenUp && !this.#done.has(name) ? [[name, last]] : [];
    });
    return new Map(entries);
  }

  /** Units that are neither done nor given up: those that have not failed yet come first. */
  get left(): readonly string[] {
    const { setAside } = this;
    const failuresOf = (name: string) => this.#failures.get(name)?.length ?? 0;
    return this.names
      .filter((name) => !this.#done.has(name) && !setAside.has(name))
      .toSorted((a, b) => failuresOf(a) - failuresOf(b));
  }

  /**
   * Looks what other processes have done since.
   * @throws UserError if a file is damaged
   */
  async refresh(): Promise<void> {
    for (const file of await filesIn(this.#paths.done)) {
      const name = basename(file, '.json');
      if (this.#done.has(name)) continue;
      const result = await readRunState(file, this.#schema, `${name} is then done again`);
      if (result === undefined) continue;
      this.#done.set(name, result);
      this.#news.push([name, result]);
    }
    const known = this.#failureOf;
    this.#failureOf = new Map();
    this.#failures = new Map();
    for (const file of await filesIn(this.#paths.failed)) {
      const name = basename(file, '.json').replace(/\.\d+$/, '');
      const failure =
        known.get(file) ?? (await readRunState(file, failureSchema, `${name} is then tried once more`));
      if (failure === undefined) continue;
      this.#failureOf.set(file, failure);
      this.#failures.set(name, [...(this.#failures.get(name) ?? []), failure]);
    }
  }

  /** The units that other processes have done, as far as this process has learned of them since it last asked. */
  takeNews(): readonly (readonly [unit: string, result: R])[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /**
   * Takes a unit that is left and that no process is working on.
   * @returns undefined if there is none: whatever is left is in the hands of others
   */
  async claim(): Promise<Claim | undefined> {
    for (const unit of this.left) {
      const lock = await this.#take(unit);
      if (lock === undefined) continue;
      const claim: Claim = { unit, isTakenOver: lock.generation > 1, lock };
      // Its owner may have finished since we looked.
      await this.refresh();
      if (this.left.includes(unit)) return claim;
      await this.#drop(claim);
    }
    return undefined;
  }

  /** Publishes a unit's result, unless another process has done so, and gives up the claim. */
  async finish(claim: Claim, result: R): Promise<void> {
    this.publish(claim.unit, result);
    await this.#drop(claim);
  }

  /** Publishes the result of a unit, unless it is there already. */
  publish(unit: string, result: R): void {
    try {
      createWholeSync(join(this.#paths.done, `${unit}.json`), sealed(result));
    } catch (error) {
      // Two have worked on it; their results are the same.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    this.#done.set(unit, result);
  }

  /** Records that an attempt has failed, and gives up the claim. */
  async fail(claim: Claim, error: UserError): Promise<void> {
    const failure: UnitFailure = {
      message: error.message,
      host: hostname(),
      lasting: LASTING.has(error.kind),
    };
    const { length } = this.#failures.get(claim.unit) ?? [];
    for (let attempt = length + 1; ; attempt++) {
      try {
        createWholeSync(join(this.#paths.failed, `${claim.unit}.${attempt}.json`), sealed(failure));
        break;
      } catch (taken) {
        if ((taken as NodeJS.ErrnoException).code !== 'EEXIST') throw taken;
      }
    }
    this.giveBack(claim);
    await this.refresh();
  }

  /** Gives up a claim on a unit that is not done, for another process, or a later one, to go on with. */
  giveBack(claim: Claim): void {
    claim.lock.release();
  }

  /** Lets units that were given up be tried again. */
  async forgetFailures(): Promise<void> {
    for (const file of await filesIn(this.#paths.failed)) await rm(file, { force: true });
    await this.refresh();
  }

  /** Lets a unit be worked on again that is done. */
  async reopen(unit: string): Promise<void> {
    await rm(join(this.#paths.done, `${unit}.json`), { force: true });
    this.#done.delete(unit);
  }

  /** Removes the claims on units that are done, of processes that were killed before they could. */
  async tidy(): Promise<void> {
    for (const unit of await readdir(this.#paths.claims).catch(noneIfMissing)) {
      const folder = join(this.#paths.claims, unit);
      if (this.#done.has(unit) && !(await readOwner(folder)).active)
        await rm(folder, { recursive: true, force: true });
    }
  }

  async #take(unit: string): Promise<RunLock | undefined> {
    const folder = join(this.#paths.claims, unit);
    for (;;) {
      await mkdir(folder, { recursive: true });
      try {
        const lock = await RunLock.tryAcquire(folder);
        return lock instanceof RunLock ? lock : undefined;
      } catch (error) {
        // Whoever has finished the unit has just removed the folder.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }

  async #drop(claim: Claim): Promise<void> {
    claim.lock.release();
    await rm(join(this.#paths.claims, claim.unit), { recursive: true, force: true });
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(noneIfMissing);
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}

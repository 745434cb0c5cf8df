import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, vi } from 'vitest';
import { packTestExtension } from '../workbench/pack.ts';
import type { Settings } from '../workbench/profile.ts';
import { settleSteps } from './scenario.ts';
import { stepLimitMs } from './step-limit.ts';
import { copyProject, endRuns, heldOutConcept, restoreProject } from './trained-project.ts';
import { Workbench } from './workbench.ts';

const patience = { timeout: stepLimitMs, interval: 200 };

/**
 * Of every window over the trained project: the side bar shows the same rows whatever folders hold, and an editor that
 * opens late does not take the selection from the rows that were chosen since.
 */
const usualSettings: Settings = {
  'explorer.compactFolders': false,
  'explorer.autoReveal': false,
  'workbench.reduceMotion': 'on',
};

interface TrainedWindow {
  readonly workbench: Workbench;
  /** The copy of the trained project that is open in it. */
  readonly project: string;
}

/** Rows of the views over the project as it was trained. */
interface Rows {
  readonly concepts: readonly string[];
  readonly runs: readonly string[];
}

interface Shared extends TrainedWindow {
  readonly rows: Rows;
}

/** What the next scenario gets, and what the present one has. */
let kept: Shared | undefined;
let taken: Shared | undefined;

async function rowsOf(workbench: Workbench): Promise<Rows> {
  return {
    concepts: await workbench.view('Concepts').texts(),
    runs: await workbench.view('Runs').labels(),
  };
}

async function open(): Promise<Shared> {
  // Shown as it is, whatever Markdown makes of such a name.
  const folder = join(mkdtempSync(join(tmpdir(), 'shared-')), '_old_town_ & [new_town] `sea`');
  const project = copyProject(inject('trainedProject'), folder);
  const caller = await packTestExtension('test/e2e/tool-caller');
  const workbench = await Workbench.open(project, usualSettings, { otherExtensions: [caller] });
  // It is kept from file to file: nothing tells which is the last.
  process.once('exit', () => void workbench.server.stop());
  await workbench.showContainer('Denoised Weights');
  await workbench.view('Concepts').waitFor(new RegExp(`${heldOutConcept}.*denoised`));
  await workbench.view('Runs').waitFor('Prepare Pairs');
  return { workbench, project, rows: await rowsOf(workbench) };
}

const runsOf = (project: string) => readdirSync(join(project, 'runs')).length;

/**
 * The window over the trained project, as if it had just been opened: opening one takes longer than most scenarios.
 * The extension's views are in its side bar, and they have read the project as `prepare` leaves it only where the
 * caller waits for that. Give it back with {@link giveBackTrainedWindow}.
 * @param prepare changes the project
 * @param settings those of the project's folder
 */
export async function takeTrainedWindow(
  prepare: (project: string) => Promise<void> | void = () => {},
  settings: Settings = {},
): Promise<TrainedWindow> {
  taken = kept ?? (await open());
  kept = undefined;
  const { workbench, project } = taken;
  // The window sees the runs of the preparation: it is not to tell of them.
  await workbench.setInFolder(project, { 'denoisedWeights.notifications': 'none' });
  await prepare(project);
  await vi.waitFor(
    async () => expect(await workbench.view('Runs').labels()).toHaveLength(runsOf(project)),
    patience,
  );
  await vi.waitFor(
    async () => expect((await workbench.view('Runs').texts()).join()).not.toMatch(/%|running/),
    patience,
  );
  await workbench.setInFolder(project, settings);
  return { workbench, project };
}

/** Makes the window and its project what they were, for the next scenario; after a failure that gets a new one. */
export async function giveBackTrainedWindow(): Promise<void> {
  const back = taken;
  taken = undefined;
  if (back === undefined) return;
  const { workbench, project, rows } = back;
  await endRuns(project);
  if (!settleSteps(workbench)) {
    await workbench.close();
    return;
  }
  try {
    workbench.throwUncaught();
    await workbench.tidy();
    restoreProject(inject('trainedProject'), project);
    await vi.waitFor(async () => expect(await rowsOf(workbench)).toEqual(rows), patience);
  } catch (error) {
    await workbench.screenshot('given-back');
    await workbench.close();
    throw error;
  }
  kept = back;
}

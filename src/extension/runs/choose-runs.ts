import * as vscode from 'vscode';
import { UserError } from '../../project/user-error.ts';
import { MOST_OVERLAID } from '../../protocol/run.ts';
import type { Run } from './run-state.ts';
import { runLabel, stateTitle } from './run-wording.ts';

/** Maximum number of runs that one chart compares. */
const MOST_COMPARED = MOST_OVERLAID + 1;

/** @throws UserError if there are too many runs to tell apart in a chart */
export function checkComparable(count: number): void {
  if (count <= MOST_COMPARED) return;
  throw new UserError(
    'bad-selection',
    vscode.l10n.t('At most {0} runs can be compared at once. Select fewer.', MOST_COMPARED),
  );
}

/** Runs that have begun, so that there is something to compare; those of a given stage first. */
export function comparableRuns(runs: readonly Run[], alike?: Run): Run[] {
  const begun = runs.filter(({ record, folder }) => record !== undefined && folder !== alike?.folder);
  const stage = alike?.record?.stage;
  const isAlike = ({ record }: Run) => Number(record?.stage === stage);
  return stage === undefined ? begun : begun.sort((a, b) => isAlike(b) - isAlike(a));
}

/**
 * Asks for any number of runs.
 * @param picked folders of the runs that are selected initially
 * @returns undefined if the user dismissed the picker
 */
export async function pickComparableRuns(
  runs: readonly Run[],
  { title, picked = [] }: { title: string; picked?: readonly string[] },
): Promise<Run[] | undefined> {
  const items = runs.map((run) => ({
    label: runLabel(run),
    description: [stateTitle(run), startText(run)].filter(Boolean).join(', '),
    detail: run.id,
    picked: picked.includes(run.folder),
    run,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Curves with the same name share a chart'),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.map(({ run }) => run);
}

function startText({ record }: Run): string | undefined {
  return record && new Date(record.created).toLocaleString(vscode.env.language);
}

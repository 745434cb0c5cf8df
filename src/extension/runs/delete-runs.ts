import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../project/user-error.ts';
import { inertNotice } from '../../protocol/inert-text.ts';
import { formatSize } from '../file-size.ts';
import type { Services } from '../services.ts';
import { isActive, isResumable, type Run } from './run-state.ts';
import { runLabel, stateTitle } from './run-wording.ts';

/** Asks with a modal dialog and returns the selected button. */
export type Ask = (
  message: string,
  options: vscode.MessageOptions,
  button: string,
) => Thenable<string | undefined>;

/** Maximum number of runs that the dialog names. */
const MOST_NAMED = 10;

/**
 * Moves run folders to the trash after the user has confirmed it; if there is no trash, asks whether to delete them
 * permanently. Active runs among several are kept.
 * @throws UserError if all of them are active
 */
export async function deleteRuns(
  services: Pick<Services, 'runs' | 'log'>,
  chosen: readonly Run[],
  ask: Ask,
): Promise<void> {
  const runs = chosen.filter((run) => !isActive(run));
  if (runs.length === 0)
    throw new UserError('run-active', vscode.l10n.t('An active run cannot be deleted. Stop it first.'));
  const confirm = vscode.l10n.t('Move to Trash');
  const question =
    runs.length === 1
      ? vscode.l10n.t('Delete the run "{0}"?', runLabel(runs[0]!))
      : vscode.l10n.t('Delete {0} runs?', runs.length);
  const detail = await lossText(runs, chosen.length - runs.length);
  if ((await ask(inertNotice(question), { modal: true, detail }, confirm)) !== confirm) return;
  try {
    await remove(services, runs, ask);
  } finally {
    await services.runs.refresh();
  }
}

async function remove({ log }: Pick<Services, 'log'>, runs: readonly Run[], ask: Ask): Promise<void> {
  for (const [index, { folder }] of runs.entries()) {
    try {
      await vscode.workspace.fs.delete(vscode.Uri.file(folder), { recursive: true, useTrash: true });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn(`${folder}: not moved to the trash: ${reason}`);
      await removeForGood(runs.slice(index), reason, ask);
      return;
    }
  }
}

async function removeForGood(runs: readonly Run[], reason: string, ask: Ask): Promise<void> {
  const confirm = vscode.l10n.t('Delete Permanently');
  const question = vscode.l10n.t(
    'The trash is not available here. Do you want to delete permanently? This cannot be undone.',
  );
  const detail = [...named(runs), '', reason].join('\n');
  if ((await ask(inertNotice(question), { modal: true, detail }, confirm)) !== confirm) return;
  for (const { folder } of runs) {
    await vscode.workspace.fs.delete(vscode.Uri.file(folder), { recursive: true });
  }
}

/** What deleting the runs removes. */
async function lossText(runs: readonly Run[], active: number): Promise<string> {
  const sizes = await Promise.all(runs.map(({ folder }) => folderSize(folder)));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return [
    ...named(runs),
    '',
    vscode.l10n.t(
      'This deletes their events, curves, samples, logs and checkpoints ({0}). Weights that the runs wrote are kept.',
      formatSize(total),
    ),
    ...(runs.some(isResumable)
      ? [vscode.l10n.t('Stopped, failed and interrupted runs can no longer be resumed.')]
      : []),
    ...(active > 0 ? [vscode.l10n.t('Active runs are not deleted: {0}.', active)] : []),
  ].join('\n');
}

function named(runs: readonly Run[]): string[] {
  const more = runs.length - MOST_NAMED;
  return [
    ...runs.slice(0, MOST_NAMED).map((run) => `${runLabel(run)} (${stateTitle(run)}), ${run.id}`),
    ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : []),
  ];
}

/** Total size in bytes; files that disappear meanwhile are not counted. */
async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

import * as vscode from 'vscode';
import { inertNotice } from '../../protocol/inert-text.ts';
import type { RunState } from '../../protocol/run.ts';
import { formatDuration } from '../duration.ts';
import { COMMANDS, SETTINGS } from '../identifiers.ts';
import type { Services } from '../services.ts';
import { setting } from '../settings.ts';
import { evaluationOf } from './evaluations.ts';
import { isActive, type Run } from './run-state.ts';
import { errorText } from './run-status.ts';
import type { RunChange } from './run-store.ts';
import { runLabel } from './run-wording.ts';

/** Run folders whose end has not been announced yet; kept across reloads. */
const AWAITED_KEY = 'awaitedRuns';

/**
 * Announces the end of each run once, whoever started it. A run is awaited from when it is seen active until it is seen
 * ended, even by a later window.
 */
export class RunNotifications implements vscode.Disposable {
  private readonly awaited: Set<string>;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly memory: vscode.Memento,
    services: Services,
  ) {
    this.awaited = new Set(memory.get<string[]>(AWAITED_KEY, []));
    this.subscription = services.runs.onDidChange((changes) => this.look(changes));
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private look(changes: readonly RunChange[]): void {
    let changed = false;
    for (const { run } of changes) {
      if (isActive(run)) {
        changed ||= !this.awaited.has(run.folder);
        this.awaited.add(run.folder);
      } else if (this.awaited.delete(run.folder)) {
        changed = true;
        if (isAnnounced(run.state)) void this.announce(run);
      }
    }
    if (changed) void this.memory.update(AWAITED_KEY, [...this.awaited]);
  }

  private async announce(run: Run): Promise<void> {
    const actions = actionsFor(run);
    const titles = actions.map(({ title }) => title);
    const { state } = run;
    const chosen = isFailure(state)
      ? await vscode.window.showErrorMessage(inertNotice(messageFor(run)), ...titles)
      : await vscode.window.showInformationMessage(inertNotice(messageFor(run)), ...titles);
    const action = actions.find(({ title }) => title === chosen);
    if (action !== undefined)
      await vscode.commands.executeCommand(action.command, ...(action.arguments ?? []));
  }
}

function isFailure(state: RunState): boolean {
  return state === 'failed' || state === 'interrupted';
}

function isAnnounced(state: RunState): boolean {
  switch (setting<'all' | 'failures' | 'none'>(SETTINGS.notifications)) {
    case 'all':
      return true;
    case 'failures':
      return isFailure(state);
    case 'none':
      return false;
  }
}

function messageFor(run: Run): string {
  const label = runLabel(run);
  if (run.damage !== undefined) return vscode.l10n.t('{0}: damaged. {1}', label, run.damage);
  switch (run.state) {
    case 'succeeded':
      return vscode.l10n.t('{0}: finished in {1}.', label, formatDuration(run.status.seconds ?? 0));
    case 'stopped':
      return vscode.l10n.t('{0}: stopped. It can be resumed from its checkpoint.', label);
    case 'failed':
      return vscode.l10n.t('{0}: failed. {1}', label, errorText(run.status) ?? '');
    default:
      return vscode.l10n.t(
        '{0}: interrupted because its process ended unexpectedly. It can be resumed.',
        label,
      );
  }
}

function actionsFor(run: Run): vscode.Command[] {
  const open = { command: COMMANDS.openRun, title: vscode.l10n.t('Open Run'), arguments: [run] };
  const log = { command: COMMANDS.showRunLog, title: vscode.l10n.t('Show Log'), arguments: [run] };
  const resume = { command: COMMANDS.resumeRun, title: vscode.l10n.t('Resume'), arguments: [run] };
  if (run.damage !== undefined) return [open, log];
  if (run.state === 'stopped' || run.state === 'interrupted') return [resume, open, log];
  if (run.state === 'failed') return [log, open];
  if (evaluationOf(run) !== undefined) {
    const compare = {
      command: COMMANDS.showComparison,
      title: vscode.l10n.t('Show Comparison'),
      arguments: [run],
    };
    return [compare, open, log];
  }
  const concept = run.record?.concept;
  if (concept === undefined || run.record?.stage === 'prepare') return [open, log];
  const preview = {
    command: COMMANDS.showTranslatedImages,
    title: vscode.l10n.t('Preview'),
    arguments: [vscode.Uri.joinPath(vscode.Uri.file(run.project), concept)],
  };
  return [open, preview, log];
}

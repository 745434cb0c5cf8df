import * as vscode from 'vscode';
import type { RunState } from '../../protocol/run.ts';
import { formatDuration } from '../duration.ts';
import { OPEN_SELECTED_RUN } from '../identifiers.ts';
import { evaluationOf } from './evaluations.ts';
import { metricsText } from './metrics-text.ts';
import { isActive, isResumable, type Run } from './run-state.ts';
import { errorText } from './run-status.ts';
import type { RunStore } from './run-store.ts';
import { progressText, runLabel, stateTitle } from './run-wording.ts';

const ICONS: Record<RunState, vscode.ThemeIcon> = {
  queued: new vscode.ThemeIcon('clock'),
  running: new vscode.ThemeIcon('sync~spin', new vscode.ThemeColor('charts.blue')),
  succeeded: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  stopped: new vscode.ThemeIcon('debug-stop'),
  interrupted: new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
};

/** Tree of the runs, newest first, with their progress in the description. */
export class RunTree implements vscode.TreeDataProvider<Run> {
  private readonly changed = new vscode.EventEmitter<Run[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  /** By run folder, each run as it was when its row was added, and what the row shows now. */
  private rows = new Map<string, { readonly row: Run; shown: string }>();

  constructor(private readonly runs: RunStore) {
    runs.onDidChange((changes) => this.update(changes.map(({ run }) => run)));
  }

  /**
   * Updates as little as it can. While a row is updated, the view has no element for it, so that a click in that moment
   * is lost or acts on no run; a running run changes many times a second.
   */
  private update(changed: readonly Run[]): void {
    const { rows } = this;
    const runs = this.runs.runs;
    if (runs.length !== rows.size || !runs.every(({ folder }) => rows.has(folder))) {
      this.changed.fire(undefined);
      return;
    }
    const outdated = changed.flatMap((run) => {
      const known = rows.get(run.folder)!;
      const shown = shownOf(run);
      if (known.shown === shown) return [];
      known.shown = shown;
      return [known.row];
    });
    if (outdated.length > 0) this.changed.fire(outdated);
  }

  getChildren(run?: Run): Run[] {
    if (run !== undefined) return [];
    const rows = this.runs.runs.map((current) => ({
      row: this.rows.get(current.folder)?.row ?? current,
      shown: shownOf(current),
    }));
    this.rows = new Map(rows.map((entry) => [entry.row.folder, entry]));
    return rows.map(({ row }) => row);
  }

  getTreeItem(row: Run): vscode.TreeItem {
    const run = this.runs.get(row.project, row.id) ?? row;
    const item = new vscode.TreeItem(runLabel(run));
    item.id = run.folder;
    item.iconPath = ICONS[run.state];
    item.description = runDescription(run);
    item.tooltip = runTooltip(run);
    item.contextValue = contextOf(run);
    // Without arguments, which the editor drops as soon as the row is updated.
    item.command = { command: OPEN_SELECTED_RUN, title: vscode.l10n.t('Open Run') };
    item.accessibilityInformation = {
      label: `${runLabel(run)}, ${stateTitle(run)}, ${progressText(run.status)}`,
    };
    return item;
  }
}

/** What tells rows apart at a glance, as one text. The tooltip follows with it. */
function shownOf(run: Run): string {
  return JSON.stringify([runLabel(run), run.state, runDescription(run), contextOf(run)]);
}

/** The context value that menus test, such as `run.active` or `run.evaluation.ended`. */
function contextOf(run: Run): string {
  const kind = evaluationOf(run) === undefined ? 'run' : 'run.evaluation';
  if (isActive(run)) return `${kind}.active`;
  return isResumable(run) ? `${kind}.resumable` : `${kind}.ended`;
}

function runDescription(run: Run): string {
  if (run.state === 'running') {
    return run.stopping ? vscode.l10n.t('stopping') : progressText(run.status) || stateTitle(run);
  }
  const { seconds } = run.status;
  return seconds === undefined ? stateTitle(run) : `${stateTitle(run)}, ${formatDuration(seconds)}`;
}

function runTooltip(run: Run): vscode.MarkdownString {
  const { record, status } = run;
  const text = new vscode.MarkdownString();
  const line = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== '')
      text.appendMarkdown(`- ${name}: `).appendText(value).appendMarkdown('\n');
  };
  text.appendMarkdown('**').appendText(runLabel(run)).appendMarkdown('**\n\n');
  line(vscode.l10n.t('State'), stateTitle(run));
  line(vscode.l10n.t('Activity'), isActive(run) ? status.progress?.message : undefined);
  line(vscode.l10n.t('Progress'), progressText(status));
  line(vscode.l10n.t('Metrics'), metricsText(status.metrics?.values));
  line(vscode.l10n.t('Device'), status.device);
  line(vscode.l10n.t('Training config'), record?.training);
  line(vscode.l10n.t('Started'), record && new Date(record.created).toLocaleString(vscode.env.language));
  line(vscode.l10n.t('Error'), run.damage ?? errorText(status));
  line(vscode.l10n.t('Folder'), run.id);
  return text;
}

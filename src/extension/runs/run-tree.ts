import * as vscode from 'vscode';
import type { RunState } from '../../protocol/run.ts';
import { formatDuration } from '../duration.ts';
import { COMMANDS } from '../identifiers.ts';
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
  /** By run folder, each run as it was when its row was added: the view knows a row by its element. */
  private rows = new Map<string, Run>();

  constructor(private readonly runs: RunStore) {
    runs.onDidChange((changes) => {
      const { rows } = this;
      const shown = runs.runs;
      const same = shown.length === rows.size && shown.every(({ folder }) => rows.has(folder));
      // Updating everything would leave the view without its rows for a moment, and a button that is clicked in that
      // moment without its run.
      this.changed.fire(same ? changes.map(({ run }) => rows.get(run.folder)!) : undefined);
    });
  }

  getChildren(run?: Run): Run[] {
    if (run !== undefined) return [];
    const shown = this.runs.runs.map((current) => this.rows.get(current.folder) ?? current);
    this.rows = new Map(shown.map((row) => [row.folder, row]));
    return shown;
  }

  getTreeItem(row: Run): vscode.TreeItem {
    const run = this.runs.get(row.project, row.id) ?? row;
    const item = new vscode.TreeItem(runLabel(run));
    item.id = run.folder;
    item.iconPath = ICONS[run.state];
    item.description = runDescription(run);
    item.tooltip = runTooltip(run);
    item.contextValue = contextOf(run);
    item.command = { command: COMMANDS.openRun, title: vscode.l10n.t('Open Run'), arguments: [run] };
    item.accessibilityInformation = {
      label: `${runLabel(run)}, ${stateTitle(run)}, ${progressText(run.status)}`,
    };
    return item;
  }
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

import * as vscode from 'vscode';
import type { RunState } from '../../protocol/run.ts';
import { formatDuration } from '../duration.ts';
import { OPEN_SELECTED_RUN } from '../identifiers.ts';
import type { PlainTree } from '../steady-items.ts';
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
export class RunTree implements PlainTree<Run> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly runs: RunStore) {
    runs.onDidChange(() => this.changed.fire(undefined));
  }

  getChildren(run?: Run): Run[] {
    return run === undefined ? [...this.runs.runs] : [];
  }

  getTreeItem(run: Run): vscode.TreeItem {
    const item = new vscode.TreeItem(runLabel(run));
    item.id = run.folder;
    item.iconPath = ICONS[run.state];
    item.description = runDescription(run);
    item.contextValue = contextOf(run);
    // Without arguments, which the editor drops as soon as the row is updated.
    item.command = { command: OPEN_SELECTED_RUN, title: vscode.l10n.t('Open Run') };
    item.accessibilityInformation = {
      label: `${runLabel(run)}, ${stateTitle(run)}, ${progressText(run.status)}`,
    };
    return item;
  }

  /** The tooltip has more that changes than the row. */
  async resolveTreeItem(item: vscode.TreeItem, run: Run): Promise<vscode.TreeItem> {
    item.tooltip = runTooltip(run);
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

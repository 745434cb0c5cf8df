import * as vscode from 'vscode';
import { COMMANDS, TREES } from '../identifiers.ts';
import { isActive, type Run } from './run-state.ts';
import type { RunStore } from './run-store.ts';
import { progressText, runLabel } from './run-wording.ts';

/**
 * Status bar item for the newest active run with its remaining time. A click opens the run, or the list if there are
 * several.
 */
export class RunStatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'denoisedWeights.run',
    vscode.StatusBarAlignment.Left,
  );
  private readonly subscription: vscode.Disposable;

  constructor(private readonly runs: RunStore) {
    this.item.name = vscode.l10n.t('Denoised Weights Run');
    this.subscription = runs.onDidChange(() => this.update());
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private update(): void {
    const active = this.runs.runs.filter(isActive);
    const newest = active[0];
    if (newest === undefined) {
      this.item.hide();
      return;
    }
    const others = active.length > 1 ? ` +${active.length - 1}` : '';
    this.item.text = `$(sync~spin) ${[runLabel(newest), progressText(newest.status)].filter(Boolean).join(' ')}${others}`;
    this.item.tooltip = active.map(activeLine).join('\n');
    this.item.command =
      active.length === 1
        ? { command: COMMANDS.openRun, title: vscode.l10n.t('Open Run'), arguments: [newest] }
        : `${TREES.runs}.focus`;
    this.item.show();
  }
}

function activeLine(run: Run): string {
  return [runLabel(run), progressText(run.status), run.status.progress?.message].filter(Boolean).join(' — ');
}

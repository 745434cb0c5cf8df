import * as vscode from 'vscode';
import { commandOf, STAGE_NAMES, stageEntry } from '../../protocol/stages.ts';
import { COMMANDS } from '../identifiers.ts';
import { progressText } from '../runs/run-wording.ts';
import type { Services } from '../services.ts';
import { conceptProgress, isConceptStage } from './concept-stage.ts';
import { stageName } from './concept-wording.ts';

/** Code lenses above a concept: its progress and the actions available for it. */
export class ConceptLenses implements vscode.CodeLensProvider {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(private readonly services: Services) {
    const refresh = () => this.changed.fire();
    services.projects.onDidChange(refresh);
    services.artifacts.onDidChange(refresh);
    services.runs.onDidChange((changes) => {
      // A lens that changes with every step would flicker.
      if (changes.some(({ run, before }) => run.state !== before)) refresh();
    });
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const { projects, artifacts, runs } = this.services;
    for (const project of projects.projects) {
      const concept = project.concepts.find(({ path }) => path === uri.fsPath);
      if (concept === undefined) continue;
      const progress = conceptProgress(project.folder, concept, artifacts.of(project.folder), runs.runs);
      const { active, made } = progress;
      if (active !== undefined) {
        const title = `$(sync~spin) ${progressText(active.status) || vscode.l10n.t('running')}`;
        return [lens(title, COMMANDS.openRun, active)];
      }
      const look = [
        lens(`$(open-preview) ${vscode.l10n.t('Preview')}`, COMMANDS.showTranslatedImages, uri),
        lens(`$(graph) ${vscode.l10n.t('Statistics')}`, COMMANDS.showWeightStatistics, uri),
      ];
      const making: vscode.CodeLens[] = [];
      const using: vscode.CodeLens[] = [];
      for (const stage of STAGE_NAMES) {
        const { conceptLens, makes } = stageEntry(stage);
        if (conceptLens === undefined) continue;
        const { id, icon } = commandOf(stage);
        const title = conceptLens(vscode.l10n);
        if (isConceptStage(makes)) {
          const mark = made[makes] ? '$(check) ' : '';
          making.push(lens(`${mark}${title}`, COMMANDS[id], uri, stageName(makes)));
        } else {
          using.push(lens(`$(${icon}) ${title}`, COMMANDS[id], uri));
        }
      }
      const hasWeights = made.zoo || made.denoised || made.fineTuned;
      return [...making, ...(hasWeights ? look : look.slice(0, 1)), ...using];
    }
    return [];
  }
}

function lens(title: string, command: string, target: unknown, tooltip?: string): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: [target], tooltip });
}

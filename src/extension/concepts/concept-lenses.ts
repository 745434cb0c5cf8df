import * as vscode from 'vscode';
import { COMMANDS } from '../identifiers.ts';
import { progressText } from '../runs/run-wording.ts';
import type { Services } from '../services.ts';
import { conceptProgress } from './concept-stage.ts';
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
      const mark = (stage: keyof typeof made) => (made[stage] ? '$(check) ' : '');
      const more = [
        lens(`$(open-preview) ${vscode.l10n.t('Preview')}`, COMMANDS.showTranslatedImages, uri),
        lens(`$(graph) ${vscode.l10n.t('Statistics')}`, COMMANDS.showWeightStatistics, uri),
      ];
      return [
        lens(`${mark('pairs')}${vscode.l10n.t('Prepare')}`, COMMANDS.preparePairs, uri, stageName('pairs')),
        lens(
          `${mark('denoised')}${vscode.l10n.t('Denoise')}`,
          COMMANDS.denoiseWeights,
          uri,
          stageName('denoised'),
        ),
        lens(
          `${mark('fineTuned')}${vscode.l10n.t('Fine-Tune')}`,
          COMMANDS.fineTuneConcept,
          uri,
          stageName('fineTuned'),
        ),
        ...(made.zoo || made.denoised || made.fineTuned ? more : more.slice(0, 1)),
        lens(`$(symbol-color) ${vscode.l10n.t('Translate...')}`, COMMANDS.translateImages, uri),
      ];
    }
    return [];
  }
}

function lens(title: string, command: string, target: unknown, tooltip?: string): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: [target], tooltip });
}

import * as vscode from 'vscode';
import { toProjectPath } from '../../project/paths.ts';
import { COMMANDS } from '../identifiers.ts';
import { isActive } from '../runs/run-state.ts';
import { progressText } from '../runs/run-wording.ts';
import type { Services } from '../services.ts';
import { type SectionStage, stageLines } from './training-sections.ts';

/** Above each section of a training config: the stage that goes by it. */
export class TrainingLenses implements vscode.CodeLensProvider {
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

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { parseYaml } = await import('../../project/yaml/parse.ts');
    const { projects, artifacts, runs } = this.services;
    const { uri } = document;
    for (const project of projects.projects) {
      const training = project.trainings.find(({ path }) => path === uri.fsPath);
      if (training === undefined) continue;
      const { bases, weightGenerators } = artifacts.of(project.folder);
      const file = toProjectPath(project.folder, training.path);
      const made: Partial<Record<SectionStage, boolean>> = {
        'train-base': bases.has(training.name),
        'train-generator': weightGenerators.has(training.name),
      };
      return stageLines(parseYaml(uri.fsPath, document.getText())).map(({ stage, line }) => {
        const range = new vscode.Range(line, 0, line, 0);
        const active = runs.runs.find(
          (run) =>
            run.project === project.folder &&
            isActive(run) &&
            run.record?.stage === stage &&
            run.record.training === file,
        );
        if (active !== undefined) {
          const title = `$(sync~spin) ${progressText(active.status) || vscode.l10n.t('running')}`;
          return new vscode.CodeLens(range, { title, command: COMMANDS.openRun, arguments: [active] });
        }
        const { title, command, tooltip } = offer(stage);
        const mark = made[stage] ? '$(check) ' : '';
        return new vscode.CodeLens(range, { title: mark + title, command, arguments: [uri], tooltip });
      });
    }
    return [];
  }
}

function offer(stage: SectionStage): { title: string; command: string; tooltip: string } {
  const { l10n } = vscode;
  switch (stage) {
    case 'prepare':
      return {
        title: l10n.t('Prepare Pairs'),
        command: COMMANDS.preparePairs,
        tooltip: l10n.t('Decode and split the pairs of every concept'),
      };
    case 'train-base':
      return {
        title: l10n.t('Train Base'),
        command: COMMANDS.trainBase,
        tooltip: l10n.t('Train the base generator with this config'),
      };
    case 'collect':
      return {
        title: l10n.t('Collect Zoo'),
        command: COMMANDS.collectZoo,
        tooltip: l10n.t('Train the LoRA weights of every zoo concept on the base'),
      };
    case 'train-generator':
      return {
        title: l10n.t('Train Weight Generator'),
        command: COMMANDS.trainWeightGenerator,
        tooltip: l10n.t('Train the diffusion model over the zoo’s weights'),
      };
    case 'fine-tune':
      return {
        title: l10n.t('Fine-Tune...'),
        command: COMMANDS.fineTuneConcept,
        tooltip: l10n.t('Choose a concept and train it from its denoised weights'),
      };
    case 'evaluate':
      return {
        title: l10n.t('Evaluate...'),
        command: COMMANDS.evaluateConcept,
        tooltip: l10n.t('Choose a concept and compare it with the baselines'),
      };
  }
}

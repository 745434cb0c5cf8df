import * as vscode from 'vscode';
import { toProjectPath } from '../../project/paths.ts';
import type { Artifact } from '../../protocol/stage-entry.ts';
import { commandOf, stageEntry } from '../../protocol/stages.ts';
import { COMMANDS } from '../identifiers.ts';
import { isActive } from '../runs/run-state.ts';
import { progressText } from '../runs/run-wording.ts';
import type { Services } from '../services.ts';
import { lineOf, SECTION_STAGES } from './training-sections.ts';

/** Code lenses above each section of a training config for the stage that uses it. */
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
      const made: Partial<Record<Artifact, boolean>> = {
        base: bases.has(training.name),
        weightGenerator: weightGenerators.has(training.name),
      };
      const yaml = parseYaml(uri.fsPath, document.getText());
      return SECTION_STAGES.map((offered) => {
        const { stage, section } = offered;
        const line = lineOf(offered, yaml);
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
        const { title, tooltip } = section.lens(vscode.l10n);
        const command = COMMANDS[commandOf(stage).id];
        const { makes } = stageEntry(stage);
        const mark = makes && made[makes] ? '$(check) ' : '';
        return new vscode.CodeLens(range, { title: mark + title, command, arguments: [uri], tooltip });
      });
    }
    return [];
  }
}

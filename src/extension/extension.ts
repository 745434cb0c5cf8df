import * as vscode from 'vscode';
import { ArtifactStore } from './artifacts/artifact-store.ts';
import { registerStageCommands } from './commands/stage-commands.ts';
import { ConceptLenses } from './concepts/concept-lenses.ts';
import { type ConceptNode, ConceptTree } from './concepts/concept-tree.ts';
import { registerContextKeys } from './context-keys.ts';
import { registerDeviceCommands } from './engine/device-commands.ts';
import { Engine } from './engine/engine.ts';
import { showFailure } from './failure.ts';
import { CONCEPT_LANGUAGE, TRAINING_LANGUAGE, TREES } from './identifiers.ts';
import { startLanguageClient } from './language/client.ts';
import { registerPanels } from './panels/panel-commands.ts';
import { registerProjectCommands } from './projects/project-commands.ts';
import { ProjectStore } from './projects/project-store.ts';
import { registerRunCommands } from './runs/run-commands.ts';
import { RunNotifications } from './runs/run-notifications.ts';
import type { Run } from './runs/run-state.ts';
import { RunStore } from './runs/run-store.ts';
import { RunTree } from './runs/run-tree.ts';
import { RunStatusBar } from './runs/status-bar.ts';
import type { Services } from './services.ts';
import { registerTensorEditors, type TensorEditors } from './tensors/tensor-editors.ts';
import { registerTools } from './tools/register-tools.ts';
import { TrainingLenses } from './trainings/training-lenses.ts';
import { type ZooNode, ZooTree } from './zoo/zoo-tree.ts';

/** What `activate` gives to tests: the stores, the trees as the views show them, and what the custom editors hold. */
export interface ExtensionApi {
  readonly services: Services;
  readonly trees: {
    readonly concepts: vscode.TreeDataProvider<ConceptNode>;
    readonly runs: vscode.TreeDataProvider<Run>;
    readonly zoo: vscode.TreeDataProvider<ZooNode>;
  };
  readonly tensorEditors: TensorEditors;
}

export async function activate(context: vscode.ExtensionContext): Promise<ExtensionApi> {
  const log = vscode.window.createOutputChannel('Denoised Weights', { log: true });
  const projects = new ProjectStore(log);
  const runs = new RunStore(projects, log);
  const artifacts = new ArtifactStore(projects, runs, log);
  const engine = new Engine(context.extensionUri, log);
  const services = { log, projects, runs, artifacts, engine };
  const trees = {
    concepts: new ConceptTree(projects, runs, artifacts),
    runs: new RunTree(runs),
    zoo: new ZooTree(projects, artifacts),
  };
  context.subscriptions.push(
    log,
    projects,
    runs,
    artifacts,
    engine,
    vscode.window.registerTreeDataProvider(TREES.concepts, trees.concepts),
    vscode.window.createTreeView(TREES.runs, { treeDataProvider: trees.runs, canSelectMany: true }),
    vscode.window.registerTreeDataProvider(TREES.zoo, trees.zoo),
    vscode.languages.registerCodeLensProvider({ language: CONCEPT_LANGUAGE }, new ConceptLenses(services)),
    vscode.languages.registerCodeLensProvider({ language: TRAINING_LANGUAGE }, new TrainingLenses(services)),
    new RunStatusBar(runs),
    new RunNotifications(context.workspaceState, services),
  );
  registerContextKeys(context, services);
  registerStageCommands(context, services);
  registerRunCommands(context, services);
  registerProjectCommands(context, services);
  registerDeviceCommands(context, services);
  registerPanels(context, services);
  registerTools(context, services);
  const tensorEditors = registerTensorEditors(context, services);
  startLanguageClient(context).then(
    (client) => context.subscriptions.push(client),
    (error) => showFailure(log, error),
  );
  await projects.refresh();
  return { services, trees, tensorEditors };
}

import * as vscode from 'vscode';
import { ArtifactStore } from './artifacts/artifact-store.ts';
import { registerDeviceCommands } from './commands/device-commands.ts';
import { registerPanels } from './commands/panel-commands.ts';
import { registerProjectCommands } from './commands/project-commands.ts';
import { registerRunCommands } from './commands/run-commands.ts';
import { registerStageCommands } from './commands/stage-commands.ts';
import { registerTrainingCommands } from './commands/training-commands.ts';
import { ConceptLenses } from './concepts/concept-lenses.ts';
import { type ConceptNode, ConceptTree } from './concepts/concept-tree.ts';
import { registerContextKeys } from './context-keys.ts';
import { Engine } from './engine/engine.ts';
import { OpenedFiles } from './engine/opened-files.ts';
import { showFailure } from './failure.ts';
import { CONCEPT_LANGUAGE, TRAINING_LANGUAGE } from './identifiers.ts';
import { ProjectStore } from './projects/project-store.ts';
import { ReadOnlyDocuments } from './read-only-documents.ts';
import { RunNotifications } from './runs/run-notifications.ts';
import { offerWaiting } from './runs/run-queue.ts';
import type { Run } from './runs/run-state.ts';
import { RunStore } from './runs/run-store.ts';
import { RunTree } from './runs/run-tree.ts';
import { RunStatusBar } from './runs/status-bar.ts';
import { WaitingRuns } from './runs/waiting-runs.ts';
import type { Services } from './services.ts';
import { registerTensorEditors, type TensorEditors } from './tensors/tensor-editors.ts';
import { registerTools } from './tools/register-tools.ts';
import { TrainingHints } from './trainings/training-hints.ts';
import { TrainingLenses } from './trainings/training-lenses.ts';
import { registerViews } from './views.ts';
import { ZooStatus } from './zoo/zoo-status.ts';
import { type ZooNode, ZooTree } from './zoo/zoo-tree.ts';

/**
 * Returned by `activate` for tests: the stores, the trees as the views show them, and the documents of the custom
 * editors.
 */
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
  const opened = new OpenedFiles(() => projects.projects, context.workspaceState);
  const engine = new Engine(context.extensionUri, log, opened);
  const zoo = new ZooStatus(projects, artifacts, log);
  const documents = new ReadOnlyDocuments();
  const waiting = new WaitingRuns(context.workspaceState);
  const services = { log, projects, runs, waiting, artifacts, zoo, engine };
  const trees = {
    concepts: new ConceptTree(projects, runs, artifacts),
    runs: new RunTree(runs),
    zoo: new ZooTree(projects, artifacts, zoo),
  };
  context.subscriptions.push(
    log,
    projects,
    runs,
    artifacts,
    zoo,
    engine,
    documents,
    vscode.languages.registerCodeLensProvider({ language: CONCEPT_LANGUAGE }, new ConceptLenses(services)),
    vscode.languages.registerCodeLensProvider({ language: TRAINING_LANGUAGE }, new TrainingLenses(services)),
    vscode.languages.registerInlayHintsProvider({ language: TRAINING_LANGUAGE }, new TrainingHints(services)),
    new RunStatusBar(runs),
    new RunNotifications(context.workspaceState, services),
  );
  registerContextKeys(context, services);
  registerStageCommands(context, services);
  registerRunCommands(context, services, registerViews(context, services, trees));
  registerProjectCommands(context, services);
  registerTrainingCommands(context, services, documents);
  registerDeviceCommands(context, services, documents);
  registerPanels(context, services);
  registerTools(context, services);
  const tensorEditors = registerTensorEditors(context, services);
  startLanguages(context, projects.onDidChangeFiles).catch((error) => showFailure(log, error));
  await projects.refresh();
  offerWaiting(services).catch((error) => showFailure(log, error));
  return { services, trees, tensorEditors };
}

/** The protocol library is nearly half of the code, and nothing waits for it. */
async function startLanguages(
  context: vscode.ExtensionContext,
  configsChanged: vscode.Event<void>,
): Promise<void> {
  const { startLanguageClient } = await import('./language/client.ts');
  context.subscriptions.push(await startLanguageClient(context, configsChanged));
}

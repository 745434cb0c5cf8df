import * as vscode from 'vscode';
import { UserError } from '../../project/user-error.ts';
import { TOOLS } from '../identifiers.ts';
import { saveProjectFiles, unsavedProjectFiles } from '../projects/unsaved-files.ts';
import { isActive } from '../runs/run-state.ts';
import type { RunStore } from '../runs/run-store.ts';
import { stageTitle } from '../runs/run-wording.ts';
import { startRun } from '../runs/start-run.ts';
import type { Services } from '../services.ts';
import { deviceOverrides, workersFor } from '../settings.ts';
import { refuseUntrusted } from '../trust.ts';
import { runText } from './run-text.ts';
import { type StageRequest, stageRequest } from './stage-request.ts';
import { type Tool, throwIfCancelled, workspaceFolders } from './tool.ts';
import { type StartRunInput, startRunInput } from './tool-inputs.ts';

/** Tool that starts a stage the way its command does, after the user has confirmed it. */
export function startRunTool(services: Services): Tool<typeof startRunInput> {
  const { projects, runs } = services;
  const resolved = (input: StartRunInput) => stageRequest(input, projects.projects, workspaceFolders());
  return {
    name: TOOLS.startRun,
    input: startRunInput,
    prepare: async (input) => {
      refuseUntrusted();
      await projects.refresh();
      const request = resolved(input);
      return {
        invocationMessage: vscode.l10n.t('Starting {0}', titleOf(request)),
        confirmationMessages: startConfirmation(request),
      };
    },
    answer: async (input, token) => {
      refuseUntrusted();
      await saveProjectFiles(services);
      await projects.refresh();
      throwIfCancelled(token);
      const { stage, project, training, concept, seed, steps } = resolved(input);
      const about = concept?.name ?? training.name;
      const started = await startRun(
        services,
        {
          stage,
          project: project.folder,
          training: training.name,
          ...(concept && { concept: concept.name }),
          ...(seed !== undefined && { seed }),
          ...(steps !== undefined && { steps }),
        },
        about,
      );
      await begun(runs, project.folder, started.id, started.ended, token);
      const run = runs.get(project.folder, started.id);
      if (run === undefined) {
        // Removed by the launcher because the engine ended, whose error follows, or by someone else.
        await started.ended;
        throw new UserError('run-not-active', `The run ${started.id} was deleted before it began.`);
      }
      return `${runText(run)}\nThe run continues in the background; follow it with dnw_describeRun.`;
    },
  };
}

/** The confirmation shown before a model's run starts: everything that determines what the run will do. */
function startConfirmation(request: StageRequest): vscode.LanguageModelToolConfirmationMessages {
  const { project, training, concept, seed, steps } = request;
  const { device, threads } = deviceOverrides();
  const { workers } = workersFor({ stage: request.stage, ...(concept && { concept: concept.name }) });
  const unsaved = unsavedProjectFiles();
  const facts = [
    vscode.l10n.t('Project: {0}', project.folder),
    vscode.l10n.t('Training config: {0}', training.name),
    ...(concept ? [vscode.l10n.t('Concept: {0}', concept.name)] : []),
    ...(seed === undefined ? [] : [vscode.l10n.t('Seed: {0}', seed)]),
    ...(steps === undefined ? [] : [vscode.l10n.t('Steps: {0}', steps)]),
    vscode.l10n.t('Device: {0}', device ?? training.config.device),
    ...(threads === undefined ? [] : [vscode.l10n.t('Threads: {0}', threads)]),
    ...(workers === undefined ? [] : [vscode.l10n.t('Processes: {0}', workers)]),
    ...(unsaved.length === 0
      ? []
      : [vscode.l10n.t('Unsaved concepts and training configs are saved first.')]),
  ];
  const message = new vscode.MarkdownString();
  // Lines instead of a list: the dialog does not render Markdown and would show the escapes in list items.
  for (const fact of facts) message.appendText(fact).appendMarkdown('  \n');
  message
    .appendMarkdown('\n')
    .appendText(
      vscode.l10n.t(
        'The run uses this machine until it ends or is stopped, and replaces the output of earlier runs of this stage.',
      ),
    );
  return { title: vscode.l10n.t('Start {0}?', titleOf(request)), message };
}

const titleOf = ({ stage, concept, training }: StageRequest) =>
  `${stageTitle(stage)}: ${concept?.name ?? training.name}`;

/**
 * Resolves once the engine has begun the run or given up. Canceling the request ends the wait but not the run.
 * @throws Error if the engine ended without leaving a run behind
 */
async function begun(
  runs: RunStore,
  project: string,
  id: string,
  ended: Promise<void>,
  token: vscode.CancellationToken,
): Promise<void> {
  const subscriptions: vscode.Disposable[] = [];
  const left = new Promise<void>((resolve) => {
    const look = () => {
      const run = runs.get(project, id);
      // It is running before the engine has read the project and recorded what the run was begun with.
      if (run === undefined || run.record !== undefined || !isActive(run)) resolve();
    };
    subscriptions.push(
      runs.onDidChange(look),
      token.onCancellationRequested(() => resolve()),
    );
    look();
  });
  try {
    await Promise.race([left, ended.then(() => runs.refresh())]);
  } finally {
    for (const subscription of subscriptions) subscription.dispose();
  }
}

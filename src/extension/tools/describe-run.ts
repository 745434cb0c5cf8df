import * as vscode from 'vscode';
import { TOOLS } from '../identifiers.ts';
import type { Services } from '../services.ts';
import { runText } from './run-text.ts';
import { type Tool, throwIfCancelled, workspaceFolders } from './tool.ts';
import { chooseProject, chooseRun } from './tool-choices.ts';
import { describeRunInput } from './tool-inputs.ts';

/** Where a run stands, whoever started it. */
export function describeRunTool({ projects, runs }: Services): Tool<typeof describeRunInput> {
  return {
    name: TOOLS.describeRun,
    input: describeRunInput,
    prepare: ({ run }) => ({
      invocationMessage:
        run === undefined
          ? vscode.l10n.t('Reading the state of the run')
          : vscode.l10n.t('Reading the state of the run {0}', run),
    }),
    answer: async ({ project: wanted, run: id }, token) => {
      await projects.refresh();
      await runs.refresh();
      throwIfCancelled(token);
      // Runs have ids of their own: the project need only be named where it narrows the choice.
      const project =
        wanted === undefined ? undefined : chooseProject(projects.projects, wanted, workspaceFolders());
      const known = runs.runs.filter((run) => project === undefined || run.project === project.folder);
      return runText(chooseRun(known, id));
    },
  };
}

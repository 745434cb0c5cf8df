import * as vscode from 'vscode';
import { TOOLS } from '../identifiers.ts';
import type { Services } from '../services.ts';
import { runText } from './run-text.ts';
import { type Tool, throwIfCancelled, workspaceFolders } from './tool.ts';
import { chooseProject, chooseRun } from './tool-choices.ts';
import { describeRunInput } from './tool-inputs.ts';

/** Tool that describes the status of a run, whoever started it. */
export function describeRunTool({ projects, runs }: Services): Tool<typeof describeRunInput> {
  return {
    name: TOOLS.describeRun,
    input: describeRunInput,
    prepare: ({ run }) => ({
      invocationMessage:
        run === undefined
          ? vscode.l10n.t('Reading the status of the run')
          : vscode.l10n.t('Reading the status of run {0}', run),
    }),
    answer: async ({ project: wanted, run: id }, token) => {
      await projects.refresh();
      await runs.refresh();
      throwIfCancelled(token);
      // Run ids are nearly unique: the project is only needed to narrow the choice.
      const project =
        wanted === undefined ? undefined : chooseProject(projects.projects, wanted, workspaceFolders());
      const known = runs.runs.filter((run) => project === undefined || run.project === project.folder);
      return runText(chooseRun(known, id));
    },
  };
}

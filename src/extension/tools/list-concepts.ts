import * as vscode from 'vscode';
import { NameSet } from '../../project/names.ts';
import { UserError } from '../../project/user-error.ts';
import { TOOLS } from '../identifiers.ts';
import type { Services } from '../services.ts';
import { conceptListText } from './concept-list-text.ts';
import { type Tool, throwIfCancelled, workspaceFolders } from './tool.ts';
import { chooseProject, listed } from './tool-choices.ts';
import { listConceptsInput } from './tool-inputs.ts';

/** Tool that lists the concepts of a project and the progress of each. */
export function listConceptsTool({ projects, runs, artifacts }: Services): Tool<typeof listConceptsInput> {
  return {
    name: TOOLS.listConcepts,
    input: listConceptsInput,
    prepare: () => ({ invocationMessage: vscode.l10n.t('Reading the project’s concepts') }),
    answer: async ({ project: wanted, tag }, token) => {
      await projects.refresh();
      throwIfCancelled(token);
      const project = chooseProject(projects.projects, wanted, workspaceFolders());
      const concepts =
        tag === undefined
          ? project.concepts
          : project.concepts.filter(({ tags }) => new NameSet(tags).has(tag));
      if (tag !== undefined && concepts.length === 0) {
        const tags = [...new Set(project.concepts.flatMap((concept) => concept.tags))].sort();
        throw new UserError(
          'unknown-name',
          `tag "${tag}": no concept has this tag. Available: ${listed(tags)}.`,
        );
      }
      await Promise.all([artifacts.refresh(), runs.refresh()]);
      throwIfCancelled(token);
      return conceptListText(project, concepts, artifacts.of(project.folder), runs.runs);
    },
  };
}

import { sep } from 'node:path';
import * as vscode from 'vscode';
import { DiskView } from '../../project/disk/disk-view.ts';
import { readProjectFiles } from '../../project/files/project-files.ts';
import { checkProject } from '../../project/load.ts';
import { parseYaml } from '../../project/yaml/parse.ts';
import { TOOLS } from '../identifiers.ts';
import { unsavedProjectFiles } from '../projects/unsaved-files.ts';
import type { Services } from '../services.ts';
import { problemListText } from './problem-list-text.ts';
import { type Tool, throwIfCancelled, workspaceFolders } from './tool.ts';
import { chooseProject } from './tool-choices.ts';
import { validateProjectInput } from './tool-inputs.ts';

/** Tool that checks a project's files as the editor shows them, including unsaved changes. */
export function validateProjectTool({ projects }: Services): Tool<typeof validateProjectInput> {
  return {
    name: TOOLS.validateProject,
    input: validateProjectInput,
    prepare: () => ({ invocationMessage: vscode.l10n.t('Checking the project’s files') }),
    answer: async ({ project: wanted }, token) => {
      await projects.refresh();
      throwIfCancelled(token);
      const { folder } = chooseProject(projects.projects, wanted, workspaceFolders());
      const unsaved = new Map(
        unsavedProjectFiles().map((document) => {
          const path = document.uri.fsPath;
          return [path, parseYaml(path, document.getText())];
        }),
      );
      const view = new DiskView();
      const project = await checkProject(await readProjectFiles(folder, view, unsaved), view);
      const inside = [...unsaved.keys()].filter((path) => path.startsWith(folder + sep));
      return problemListText(project, inside);
    },
  };
}

import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Project } from '../../project/load.ts';
import { projectPaths, toProjectPath } from '../../project/paths.ts';
import { UserError } from '../../project/user-error.ts';
import { runLabel, stateTitle } from '../runs/run-wording.ts';
import type { Services } from '../services.ts';

/** Reveals the file or folder behind a tree node in the editor's explorer; without a node, asks which one. */
export async function reveal(services: Services, target: unknown): Promise<void> {
  const path = target === undefined ? await choosePath(services) : pathOf(target);
  if (path === undefined) return;
  await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(path));
}

interface Revealable {
  /** A run folder or a zoo folder. */
  folder?: string | { baseHash: string };
  project?: Project | string;
  concept?: { path: string } | string;
  config?: { path: string };
  artifact?: { file: string };
}

function pathOf(target: unknown): string | undefined {
  if (typeof target !== 'object' || target === null) return undefined;
  const { folder, project, concept, config, artifact } = target as Revealable;
  if (typeof folder === 'string') return folder;
  if (typeof project !== 'object') return undefined;
  if (folder !== undefined) return projectPaths(project.folder).zooOf(folder.baseHash);
  if (artifact !== undefined) return join(project.folder, artifact.file);
  if (config !== undefined) return config.path;
  return typeof concept === 'object' ? concept.path : project.folder;
}

interface PathItem extends vscode.QuickPickItem {
  readonly path?: string;
}

/** A choice for every file and folder that the trees show. */
async function choosePath({ projects, runs, artifacts }: Services): Promise<string | undefined> {
  const heading = (label: string): PathItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const concepts = projects.projects.flatMap(({ concepts }) =>
    concepts.map(({ name, prompt, path }): PathItem => ({ label: name, description: prompt, path })),
  );
  const made = projects.projects.flatMap(({ folder }): PathItem[] => {
    const { bases, zoo, weightGenerators } = artifacts.of(folder);
    return [
      ...[...bases.values(), ...weightGenerators.values()].map(({ file }) => ({
        label: file,
        path: join(folder, file),
      })),
      ...zoo.map(({ baseHash }) => {
        const path = projectPaths(folder).zooOf(baseHash);
        return { label: toProjectPath(folder, path), path };
      }),
    ];
  });
  const ran = runs.runs.map(
    (run): PathItem => ({
      label: runLabel(run),
      description: stateTitle(run),
      detail: run.id,
      path: run.folder,
    }),
  );
  const section = (label: string, items: PathItem[]) => (items.length > 0 ? [heading(label), ...items] : []);
  const items = [
    ...section(vscode.l10n.t('concepts'), concepts),
    ...section(vscode.l10n.t('bases, zoos and weight generators'), made),
    ...section(vscode.l10n.t('runs'), ran),
  ];
  if (items.length === 0)
    throw new UserError('bad-selection', vscode.l10n.t('The project has no files to reveal yet.'));
  const placeHolder = vscode.l10n.t('Select what to reveal');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.path;
}

import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Project } from '../../project/load.ts';
import { zooConcepts } from '../../project/selection.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Artifact, ZooFolder } from '../artifacts/project-artifacts.ts';
import type { ProjectStore } from '../projects/project-store.ts';

export type ZooNode =
  | { kind: 'project'; project: Project }
  | { kind: 'base' | 'weightGenerator'; project: Project; training: string; artifact: Artifact }
  | { kind: 'folder'; project: Project; folder: ZooFolder }
  | { kind: 'member'; project: Project; concept: string; artifact: Artifact };

/** Bases, the LoRA weights collected on each, and the weight generators that learned from them. */
export class ZooTree implements vscode.TreeDataProvider<ZooNode> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly projects: ProjectStore,
    private readonly artifacts: ArtifactStore,
  ) {
    projects.onDidChange(() => this.changed.fire(undefined));
    artifacts.onDidChange(() => this.changed.fire(undefined));
  }

  getChildren(node?: ZooNode): ZooNode[] {
    if (node === undefined) {
      const filled = this.projects.projects.filter((project) => this.contentOf(project).length > 0);
      const only = this.projects.projects.length === 1 ? filled[0] : undefined;
      return only ? this.contentOf(only) : filled.map((project) => ({ kind: 'project', project }));
    }
    if (node.kind === 'project') return this.contentOf(node.project);
    if (node.kind !== 'folder') return [];
    const { project, folder } = node;
    return [...folder.members].map(([concept, artifact]) => ({ kind: 'member', project, concept, artifact }));
  }

  getTreeItem(node: ZooNode): vscode.TreeItem {
    switch (node.kind) {
      case 'project': {
        const item = new vscode.TreeItem(
          basename(node.project.folder),
          vscode.TreeItemCollapsibleState.Expanded,
        );
        item.iconPath = vscode.ThemeIcon.Folder;
        item.contextValue = 'project';
        return item;
      }
      case 'base':
        return artifactItem(
          vscode.l10n.t('Base generator'),
          node.training,
          node.artifact,
          'server-process',
          'zooBase',
        );
      case 'weightGenerator':
        return artifactItem(
          vscode.l10n.t('Weight generator'),
          node.training,
          node.artifact,
          'circuit-board',
          'zooWeightGenerator',
        );
      case 'folder':
        return folderItem(node.project, node.folder);
      case 'member':
        return artifactItem(node.concept, undefined, node.artifact, 'symbol-array', 'zooMember');
    }
  }

  private contentOf(project: Project): ZooNode[] {
    const { bases, zoo, weightGenerators } = this.artifacts.of(project.folder);
    return [
      ...[...bases].map(([training, artifact]): ZooNode => ({ kind: 'base', project, training, artifact })),
      ...zoo.map((folder): ZooNode => ({ kind: 'folder', project, folder })),
      ...[...weightGenerators].map(
        ([training, artifact]): ZooNode => ({ kind: 'weightGenerator', project, training, artifact }),
      ),
    ];
  }
}

function folderItem(project: Project, { baseHash, members }: ZooFolder): vscode.TreeItem {
  const item = new vscode.TreeItem(
    vscode.l10n.t('Zoo on base {0}', baseHash),
    vscode.TreeItemCollapsibleState.Expanded,
  );
  item.id = `${project.folder}#${baseHash}`;
  const wanted = Math.max(0, ...project.trainings.map((training) => zooConcepts(project, training).length));
  item.description = vscode.l10n.t('{0} of {1} concepts', members.size, Math.max(wanted, members.size));
  item.iconPath = new vscode.ThemeIcon('library');
  item.contextValue = 'zooFolder';
  return item;
}

function artifactItem(
  label: string,
  description: string | undefined,
  artifact: Artifact,
  icon: string,
  contextValue: string,
): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  const when = new Date(artifact.modified).toLocaleString(vscode.env.language);
  item.description = description ?? when;
  item.tooltip = `${artifact.file}\n${when}`;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = contextValue;
  return item;
}

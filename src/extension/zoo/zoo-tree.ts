import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { LoadedTraining, Project } from '../../project/load.ts';
import type { MemberState } from '../../project/zoo/member-state.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Artifact, ZooFolder } from '../artifacts/project-artifacts.ts';
import { formatSize } from '../file-size.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import type { PlainTree } from '../steady-items.ts';
import type { TrainingZoo, ZooStatus } from './zoo-status.ts';
import { canCollect, memberStateText, zooText } from './zoo-wording.ts';

export type ZooNode =
  | { kind: 'project'; project: Project }
  | { kind: 'training'; project: Project; training: string; config: LoadedTraining }
  | { kind: 'base' | 'weightGenerator'; project: Project; training: string; artifact?: Artifact }
  | { kind: 'folder'; project: Project; folder: ZooFolder }
  | {
      kind: 'member';
      project: Project;
      concept: string;
      training?: string;
      /** State under the config that the member is shown below; absent in a zoo that belongs to no config. */
      state?: MemberState;
      /** Whether the config has a base to collect on. */
      hasBase?: boolean;
      artifact?: Artifact;
    };

/** Members that need work come first. */
const ORDER: readonly MemberState['state'][] = ['missing', 'stale', 'unrecorded', 'current'];

const STATE_ICONS: Record<MemberState['state'], vscode.ThemeIcon> = {
  missing: new vscode.ThemeIcon('circle-outline'),
  stale: new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
  unrecorded: new vscode.ThemeIcon('question'),
  current: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
};

/**
 * For each training config, its base, the LoRA weights in its zoo and its weight generator; then what was made for
 * bases and configs that no longer exist.
 */
export class ZooTree implements PlainTree<ZooNode> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly projects: ProjectStore,
    private readonly artifacts: ArtifactStore,
    private readonly status: ZooStatus,
  ) {
    const refresh = () => this.changed.fire(undefined);
    projects.onDidChange(refresh);
    artifacts.onDidChange(refresh);
    status.onDidChange(refresh);
  }

  getChildren(node?: ZooNode): ZooNode[] {
    if (node === undefined) {
      const filled = this.projects.projects.filter((project) => this.contentOf(project).length > 0);
      const only = this.projects.projects.length === 1 ? filled[0] : undefined;
      return only ? this.contentOf(only) : filled.map((project) => ({ kind: 'project', project }));
    }
    switch (node.kind) {
      case 'project':
        return this.contentOf(node.project);
      case 'training':
        return this.partsOf(node.project, node.config);
      case 'folder': {
        const { project, folder } = node;
        return [...folder.members].map(([concept, artifact]) => ({
          kind: 'member',
          project,
          concept,
          artifact,
        }));
      }
      default:
        return [];
    }
  }

  getTreeItem(node: ZooNode): vscode.TreeItem {
    switch (node.kind) {
      case 'project': {
        const item = new vscode.TreeItem(
          basename(node.project.folder),
          vscode.TreeItemCollapsibleState.Expanded,
        );
        item.id = node.project.folder;
        item.iconPath = vscode.ThemeIcon.Folder;
        item.contextValue = 'project';
        return item;
      }
      case 'training':
        return trainingItem(node.config, this.status.of(node.config.path));
      case 'base':
        return artifactItem(node, vscode.l10n.t('Base generator'), 'server-process', 'zooBase');
      case 'weightGenerator':
        return artifactItem(node, vscode.l10n.t('Weight generator'), 'circuit-board', 'zooWeightGenerator');
      case 'folder':
        return folderItem(node.project, node.folder);
      case 'member':
        return memberItem(node);
    }
  }

  private contentOf(project: Project): ZooNode[] {
    const { bases, zoo, weightGenerators } = this.artifacts.of(project.folder);
    // Before anything is trained there is nothing to show: the view's welcome text says how to begin.
    if (bases.size + zoo.length + weightGenerators.size === 0) return [];
    const names = new Set(project.trainings.map(({ name }) => name));
    const hashes = new Set(project.trainings.map(({ path }) => this.status.of(path)?.baseHash));
    const left = (kind: 'base' | 'weightGenerator', made: ReadonlyMap<string, Artifact>): ZooNode[] =>
      [...made]
        .filter(([training]) => !names.has(training))
        .map(([training, artifact]) => ({ kind, project, training, artifact }));
    return [
      ...project.trainings.map(
        (config): ZooNode => ({ kind: 'training', project, training: config.name, config }),
      ),
      ...left('base', bases),
      ...zoo
        .filter(({ baseHash }) => !hashes.has(baseHash))
        .map((folder): ZooNode => ({ kind: 'folder', project, folder })),
      ...left('weightGenerator', weightGenerators),
    ];
  }

  private partsOf(project: Project, { name: training, path }: LoadedTraining): ZooNode[] {
    const made = this.artifacts.of(project.folder);
    const zoo = this.status.of(path);
    const files = made.zoo.find(({ baseHash }) => baseHash === zoo?.baseHash)?.members;
    const members = [...(zoo?.members ?? [])].map(
      ([concept, state]): ZooNode & { kind: 'member'; state: MemberState } => {
        const artifact = files?.get(concept);
        const about = { project, training, concept, state, hasBase: zoo?.baseHash !== undefined };
        return { kind: 'member', ...about, ...(artifact && { artifact }) };
      },
    );
    const rank = ({ state }: { state: MemberState }) => ORDER.indexOf(state.state);
    const base = made.bases.get(training);
    const weightGenerator = made.weightGenerators.get(training);
    return [
      { kind: 'base', project, training, ...(base && { artifact: base }) },
      ...members.sort((a, b) => rank(a) - rank(b)),
      { kind: 'weightGenerator', project, training, ...(weightGenerator && { artifact: weightGenerator }) },
    ];
  }
}

function trainingItem({ name, path }: LoadedTraining, zoo: TrainingZoo | undefined): vscode.TreeItem {
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = path;
  item.iconPath = new vscode.ThemeIcon('library');
  item.description = zoo === undefined ? vscode.l10n.t('loading...') : zooText(zoo);
  const text = new vscode.MarkdownString('**').appendText(name).appendMarkdown('**\n\n');
  if (zoo !== undefined) {
    text.appendText(vscode.l10n.t('Zoo members: {0}', zooText(zoo))).appendMarkdown('\n\n');
    text.appendText(
      zoo.baseHash === undefined
        ? vscode.l10n.t('No base generator yet. Train it first.')
        : vscode.l10n.t('Trained on base {0}', zoo.baseHash),
    );
  }
  item.tooltip = text.appendMarkdown('\n\n').appendText(vscode.workspace.asRelativePath(path));
  const spoken = zoo && vscode.l10n.t('zoo members: {0}', zooText(zoo));
  item.accessibilityInformation = { label: [name, spoken].filter(Boolean).join(', ') };
  item.contextValue = `zooTraining${canCollect(zoo) ? '.wanting' : ''}`;
  return item;
}

function folderItem(project: Project, { baseHash, members }: ZooFolder): vscode.TreeItem {
  const item = new vscode.TreeItem(
    vscode.l10n.t('Zoo on base {0}', baseHash),
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = `${project.folder}#${baseHash}`;
  const size = [...members.values()].reduce((sum, member) => sum + member.size, 0);
  item.description = vscode.l10n.t('{0} members, {1}', members.size, formatSize(size));
  item.tooltip = vscode.l10n.t(
    'These weights belong to a base that is no longer used by any training config of the project.',
  );
  item.iconPath = new vscode.ThemeIcon('archive');
  item.contextValue = 'zooFolder';
  return item;
}

function artifactItem(
  { project, training, artifact, kind }: ZooNode & { kind: 'base' | 'weightGenerator' },
  label: string,
  icon: string,
  contextValue: string,
): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = `${project.folder}#${kind}#${training}`;
  item.iconPath = new vscode.ThemeIcon(icon);
  if (artifact === undefined) {
    item.description = vscode.l10n.t('not trained yet');
    item.contextValue = `${contextValue}.none`;
    return item;
  }
  const known = project.trainings.some(({ name }) => name === training);
  item.description = [...(known ? [] : [training]), formatSize(artifact.size), dateOf(artifact)].join(', ');
  item.tooltip = `${artifact.file}\n${formatSize(artifact.size)}\n${dateOf(artifact)}`;
  item.contextValue = contextValue;
  item.command = openTensors(project, artifact);
  return item;
}

function memberItem(node: ZooNode & { kind: 'member' }): vscode.TreeItem {
  const { project, concept, training, state, artifact } = node;
  const item = new vscode.TreeItem(concept);
  item.id = `${project.folder}#member#${training ?? artifact?.file}#${concept}`;
  item.iconPath = state === undefined ? new vscode.ThemeIcon('symbol-array') : STATE_ICONS[state.state];
  const says = state === undefined || state.state === 'current' ? undefined : memberStateText(state);
  const facts = artifact === undefined ? [] : [formatSize(artifact.size), dateOf(artifact)];
  item.description = says ?? facts.join(', ');
  item.contextValue = memberContext(node);
  if (artifact !== undefined) item.command = openTensors(project, artifact);
  const text = new vscode.MarkdownString('**').appendText(concept).appendMarkdown('**\n\n');
  if (state !== undefined) text.appendText(memberStateText(state)).appendMarkdown('\n\n');
  if (state?.state === 'unrecorded') {
    text
      .appendText(vscode.l10n.t('Collected by an earlier version that did not record the inputs.'))
      .appendMarkdown('\n\n');
  }
  item.tooltip = text.appendText([artifact?.file, ...facts].filter(Boolean).join('\n'));
  item.accessibilityInformation = {
    label: [concept, state && memberStateText(state)].filter(Boolean).join(', '),
  };
  return item;
}

/** Context value of a member, on which its menu depends: a member of no config's zoo is not collected again. */
function memberContext({ state, hasBase, artifact }: ZooNode & { kind: 'member' }): string {
  if (artifact === undefined) return hasBase === true ? 'zooMissing' : 'zooMissing.noBase';
  return state === undefined ? 'zooMember' : `zooMember.${state.state}`;
}

function openTensors(project: Project, { file }: Artifact): vscode.Command {
  const uri = vscode.Uri.file(join(project.folder, file));
  return { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri, { preview: true }] };
}

const dateOf = ({ modified }: Artifact) => new Date(modified).toLocaleString(vscode.env.language);

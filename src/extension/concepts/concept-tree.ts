import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { LoadedConcept, Problem, Project } from '../../project/load.ts';
import { CONCEPT_SUFFIX, nameFromFile } from '../../project/paths.ts';
import { zooConcepts } from '../../project/selection.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { OPEN_SELECTED_CONCEPT } from '../identifiers.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import type { RunStore } from '../runs/run-store.ts';
import { progressText } from '../runs/run-wording.ts';
import type { PlainTree } from '../steady-items.ts';
import { conceptMatcher, type Findable } from './concept-filter.ts';
import { CONCEPT_STAGES, type ConceptProgress, type ConceptStage, conceptProgress } from './concept-stage.ts';
import { conceptTooltip } from './concept-tooltip.ts';
import { furthestText, stageName, stageState } from './concept-wording.ts';
import { conceptsByTag } from './concepts-by-tag.ts';

export type ConceptNode =
  | { kind: 'project'; project: Project }
  /** A group of concepts; without a tag, those that have none. */
  | { kind: 'tag'; project: Project; tag?: string; concepts: readonly LoadedConcept[] }
  /** A concept, with the tag of the group that it is shown in. */
  | { kind: 'concept'; project: Project; concept: LoadedConcept; tag?: string }
  | { kind: 'stage'; project: Project; concept: LoadedConcept; tag?: string; stage: ConceptStage }
  | { kind: 'broken'; file: string; problem: Problem };
type GroupNode = ConceptNode & { kind: 'project' | 'tag' };
type BrokenNode = ConceptNode & { kind: 'broken' };

const ICONS: Record<ConceptStage | 'none' | 'active', vscode.ThemeIcon> = {
  none: new vscode.ThemeIcon('circle-outline'),
  active: new vscode.ThemeIcon('sync~spin', new vscode.ThemeColor('charts.blue')),
  pairs: new vscode.ThemeIcon('file-media'),
  zoo: new vscode.ThemeIcon('library'),
  denoised: new vscode.ThemeIcon('sparkle', new vscode.ThemeColor('charts.yellow')),
  fineTuned: new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('testing.iconPassed')),
};

/** Tree of the concepts with the progress of each. Several projects get a level of their own. */
export class ConceptTree implements PlainTree<ConceptNode> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private grouped = false;
  private matches: ((concept: Findable) => boolean) | undefined;
  /** Ids of the projects and tags that were collapsed while nothing was filtered: they will be collapsed again. */
  private readonly closed = new Set<string>();

  constructor(
    private readonly projects: ProjectStore,
    private readonly runs: RunStore,
    private readonly artifacts: ArtifactStore,
  ) {
    const refresh = () => this.changed.fire(undefined);
    projects.onDidChange(refresh);
    runs.onDidChange(refresh);
    artifacts.onDidChange(refresh);
  }

  /** Groups the concepts by tag; a concept with several tags appears below each. */
  groupByTag(grouped: boolean): void {
    this.grouped = grouped;
    this.changed.fire(undefined);
  }

  /** Limits the tree to the concepts that match a filter (`conceptMatcher`), with everything above them expanded. */
  filter(filter: string): void {
    this.matches = conceptMatcher(filter);
    this.changed.fire(undefined);
  }

  get isFiltered(): boolean {
    return this.matches !== undefined;
  }

  /** How many concepts match the filter, out of how many; broken files are counted as well. */
  count(): { found: number; all: number } {
    const { projects } = this.projects;
    const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
    const found = projects.map((project) => this.found(project));
    return {
      found: sum(found.map(({ concepts, broken }) => concepts.length + broken.length)),
      all: sum(
        projects.map(
          (project) => project.concepts.length + brokenFiles(project).filter(isBrokenConcept).length,
        ),
      ),
    };
  }

  /** Called by the view when the user expands or collapses a node. */
  setClosed(node: ConceptNode, closed: boolean): void {
    if (this.isFiltered || (node.kind !== 'project' && node.kind !== 'tag')) return;
    if (closed) this.closed.add(groupId(node));
    else this.closed.delete(groupId(node));
  }

  getChildren(node?: ConceptNode): ConceptNode[] {
    const { projects } = this.projects;
    if (node === undefined) {
      const only = projects.length === 1 ? projects[0] : undefined;
      if (only !== undefined) return this.contentOf(only);
      const shown = this.isFiltered
        ? projects.filter((project) => this.contentOf(project).length > 0)
        : projects;
      return shown.map((project) => ({ kind: 'project', project }));
    }
    switch (node.kind) {
      case 'project':
        return this.contentOf(node.project);
      case 'tag': {
        const { project, tag = '' } = node;
        return node.concepts.map((concept) => ({ kind: 'concept', project, concept, tag }));
      }
      case 'concept':
        return CONCEPT_STAGES.map((stage) => ({ ...node, kind: 'stage', stage }));
      default:
        return [];
    }
  }

  getTreeItem(node: ConceptNode): vscode.TreeItem {
    switch (node.kind) {
      case 'project': {
        const item = this.groupItem(node, basename(node.project.folder));
        item.resourceUri = vscode.Uri.file(node.project.folder);
        item.iconPath = vscode.ThemeIcon.Folder;
        item.contextValue = 'project';
        return item;
      }
      case 'tag':
        return this.tagItem(node);
      case 'concept':
        return this.conceptItem(node);
      case 'stage':
        return stageItem(node.stage, this.progressOf(node.project, node.concept), node);
      case 'broken':
        return brokenItem(node.file, node.problem);
    }
  }

  /** The tooltip has an image, which is read only when the tooltip is shown. */
  async resolveTreeItem(item: vscode.TreeItem, node: ConceptNode): Promise<vscode.TreeItem> {
    if (node.kind === 'concept') {
      const { project, concept } = node;
      item.tooltip = await conceptTooltip(project, concept, this.progressOf(project, concept));
    }
    return item;
  }

  private contentOf(project: Project): ConceptNode[] {
    const found = this.found(project);
    const concepts = this.grouped
      ? conceptsByTag(found.concepts).map(
          ({ tag, concepts }): ConceptNode => ({
            kind: 'tag',
            project,
            concepts,
            ...(tag !== undefined && { tag }),
          }),
        )
      : found.concepts.map((concept): ConceptNode => ({ kind: 'concept', project, concept }));
    return [...found.broken, ...concepts];
  }

  /** The concepts and broken files of a project that the tree shows. */
  private found(project: Project): { concepts: readonly LoadedConcept[]; broken: BrokenNode[] } {
    const { matches } = this;
    const broken = brokenFiles(project);
    if (matches === undefined) return { concepts: project.concepts, broken };
    const states = (concept: LoadedConcept) => () => {
      const { furthest, active } = this.progressOf(project, concept);
      return [furthestText(furthest), ...(active ? [vscode.l10n.t('running')] : [])];
    };
    return {
      concepts: project.concepts.filter((concept) => matches({ ...concept, states: states(concept) })),
      // Only their names are known.
      broken: broken.filter(
        (node) =>
          isBrokenConcept(node) &&
          matches({ name: nameFromFile(node.file), prompt: '', tags: [], states: () => [] }),
      ),
    };
  }

  /**
   * A filter shows what it found even if it was collapsed before. The filtered nodes have ids of their own, since the
   * view remembers collapsed nodes by id.
   */
  private groupItem(node: GroupNode, label: string): vscode.TreeItem {
    const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const id = groupId(node);
    const item = new vscode.TreeItem(label, !this.isFiltered && this.closed.has(id) ? Collapsed : Expanded);
    item.id = this.isFiltered ? `${id}#filtered` : id;
    return item;
  }

  private tagItem(node: ConceptNode & { kind: 'tag' }): vscode.TreeItem {
    const { tag, concepts } = node;
    const label = tag ?? vscode.l10n.t('No tags');
    const item = this.groupItem(node, label);
    item.iconPath = new vscode.ThemeIcon('tag');
    item.description = String(concepts.length);
    item.contextValue = 'tag';
    item.accessibilityInformation = { label: vscode.l10n.t('{0}, {1} concepts', label, concepts.length) };
    return item;
  }

  private conceptItem({ project, concept, tag }: ConceptNode & { kind: 'concept' }): vscode.TreeItem {
    const progress = this.progressOf(project, concept);
    const { active, furthest } = progress;
    const item = new vscode.TreeItem(concept.name, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = itemId(concept, tag);
    item.iconPath = ICONS[active ? 'active' : (furthest ?? 'none')];
    const state = furthest === undefined ? undefined : stageState(furthest);
    item.description = active
      ? progressText(active.status)
      : [state, concept.prompt].filter((part) => part !== undefined).join(' · ');
    const spoken = active
      ? `${vscode.l10n.t('running')} ${progressText(active.status)}`
      : furthestText(furthest);
    item.accessibilityInformation = { label: [concept.name, spoken, concept.prompt].join(', ') };
    item.contextValue = `concept.${progress.furthest ?? 'none'}`;
    // Without arguments, which the editor drops as soon as the row is updated.
    item.command = { command: OPEN_SELECTED_CONCEPT, title: vscode.l10n.t('Open') };
    return item;
  }

  private progressOf(project: Project, concept: LoadedConcept): ConceptProgress {
    return conceptProgress(project.folder, concept, this.artifacts.of(project.folder), this.runs.runs);
  }
}

/** One node for each file with an error that prevents it from being a concept. */
function brokenFiles({ concepts, problems }: Project): BrokenNode[] {
  const whole = new Set(concepts.map(({ path }) => path));
  const broken = new Map<string, Problem>();
  for (const problem of problems) {
    if (problem.severity === 'error' && !whole.has(problem.file) && !broken.has(problem.file)) {
      broken.set(problem.file, problem);
    }
  }
  return [...broken].map(([file, problem]) => ({ kind: 'broken', file, problem }));
}

/** Includes broken training configs. */
const isBrokenConcept = ({ file }: BrokenNode) => CONCEPT_SUFFIX.test(file);

const groupId = (node: GroupNode) =>
  node.kind === 'project' ? node.project.folder : `${node.project.folder}#tag:${node.tag ?? ''}`;

/** A concept with several tags is shown below each of them. */
const itemId = ({ path }: LoadedConcept, tag: string | undefined) =>
  tag === undefined ? path : `${path}#tag:${tag}`;

function stageItem(
  stage: ConceptStage,
  { made }: ConceptProgress,
  { project, concept, tag }: ConceptNode & { kind: 'stage' },
): vscode.TreeItem {
  const file = made[stage];
  const item = new vscode.TreeItem(stageName(stage));
  item.id = `${itemId(concept, tag)}#${stage}`;
  item.iconPath = file === undefined ? ICONS.none : new vscode.ThemeIcon('check');
  item.contextValue = `stage.${stage}${file === undefined ? '' : '.made'}`;
  if (file !== undefined) {
    item.description = new Date(file.modified).toLocaleString(vscode.env.language);
    item.tooltip = file.file;
    return item;
  }
  const enters = stage !== 'zoo' || project.trainings.some((t) => zooConcepts(project, t).includes(concept));
  item.description = enters ? vscode.l10n.t('not yet') : vscode.l10n.t('held out');
  return item;
}

function brokenItem(file: string, problem: Problem): vscode.TreeItem {
  const item = new vscode.TreeItem(basename(file));
  item.id = file;
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  item.description = problem.message;
  item.tooltip = `${problem.message} ${problem.remedy}`;
  item.contextValue = 'broken';
  const start = new vscode.Position(problem.line - 1, problem.column - 1);
  item.command = {
    command: 'vscode.open',
    title: vscode.l10n.t('Open'),
    arguments: [vscode.Uri.file(file), { selection: new vscode.Range(start, start), preview: true }],
  };
  return item;
}

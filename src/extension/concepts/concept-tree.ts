import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { LoadedConcept, Problem, Project } from '../../project/load.ts';
import { zooConcepts } from '../../project/selection.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import { metricsText } from '../runs/metrics-text.ts';
import type { RunStore } from '../runs/run-store.ts';
import { progressText, stageTitle } from '../runs/run-wording.ts';
import { CONCEPT_STAGES, type ConceptProgress, type ConceptStage, conceptProgress } from './concept-stage.ts';
import { stageName } from './concept-wording.ts';

export type ConceptNode =
  | { kind: 'project'; project: Project }
  | { kind: 'concept'; project: Project; concept: LoadedConcept }
  | { kind: 'stage'; project: Project; concept: LoadedConcept; stage: ConceptStage }
  | { kind: 'broken'; file: string; problem: Problem };

const ICONS: Record<ConceptStage | 'none' | 'active', vscode.ThemeIcon> = {
  none: new vscode.ThemeIcon('circle-outline'),
  active: new vscode.ThemeIcon('sync~spin', new vscode.ThemeColor('charts.blue')),
  pairs: new vscode.ThemeIcon('file-media'),
  zoo: new vscode.ThemeIcon('library'),
  denoised: new vscode.ThemeIcon('sparkle', new vscode.ThemeColor('charts.yellow')),
  fineTuned: new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('testing.iconPassed')),
};

/** The concepts, each with how far it has come; several projects get a level of their own. */
export class ConceptTree implements vscode.TreeDataProvider<ConceptNode> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;

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

  getChildren(node?: ConceptNode): ConceptNode[] {
    const { projects } = this.projects;
    if (node === undefined) {
      const only = projects.length === 1 ? projects[0] : undefined;
      return only === undefined
        ? projects.map((project) => ({ kind: 'project', project }))
        : conceptsOf(only);
    }
    if (node.kind === 'project') return conceptsOf(node.project);
    if (node.kind !== 'concept') return [];
    const { project, concept } = node;
    return CONCEPT_STAGES.map((stage) => ({ kind: 'stage', project, concept, stage }));
  }

  getTreeItem(node: ConceptNode): vscode.TreeItem {
    switch (node.kind) {
      case 'project': {
        const item = new vscode.TreeItem(
          basename(node.project.folder),
          vscode.TreeItemCollapsibleState.Expanded,
        );
        item.resourceUri = vscode.Uri.file(node.project.folder);
        item.iconPath = vscode.ThemeIcon.Folder;
        item.contextValue = 'project';
        return item;
      }
      case 'concept':
        return this.conceptItem(node.project, node.concept);
      case 'stage':
        return stageItem(node.stage, this.progressOf(node.project, node.concept), node);
      case 'broken':
        return brokenItem(node.file, node.problem);
    }
  }

  private conceptItem(project: Project, concept: LoadedConcept): vscode.TreeItem {
    const progress = this.progressOf(project, concept);
    const item = new vscode.TreeItem(concept.name, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = concept.path;
    item.iconPath = ICONS[progress.active ? 'active' : (progress.furthest ?? 'none')];
    item.description = progress.active ? progressText(progress.active.status) : concept.prompt;
    item.tooltip = conceptTooltip(concept, progress);
    item.contextValue = `concept.${progress.furthest ?? 'none'}`;
    item.command = openFile(concept.path);
    return item;
  }

  private progressOf(project: Project, concept: LoadedConcept): ConceptProgress {
    return conceptProgress(project.folder, concept, this.artifacts.of(project.folder), this.runs.runs);
  }
}

function conceptsOf(project: Project): ConceptNode[] {
  const whole = new Set(project.concepts.map(({ path }) => path));
  const broken = new Map<string, Problem>();
  for (const problem of project.problems) {
    if (problem.severity === 'error' && !whole.has(problem.file) && !broken.has(problem.file)) {
      broken.set(problem.file, problem);
    }
  }
  return [
    ...[...broken].map(([file, problem]): ConceptNode => ({ kind: 'broken', file, problem })),
    ...project.concepts.map((concept): ConceptNode => ({ kind: 'concept', project, concept })),
  ];
}

function stageItem(
  stage: ConceptStage,
  { made }: ConceptProgress,
  { project, concept }: { project: Project; concept: LoadedConcept },
): vscode.TreeItem {
  const file = made[stage];
  const item = new vscode.TreeItem(stageName(stage));
  item.id = `${concept.path}#${stage}`;
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
  item.command = openFile(file, new vscode.Range(start, start));
  return item;
}

function openFile(path: string, selection?: vscode.Range): vscode.Command {
  const title = vscode.l10n.t('Open');
  return { command: 'vscode.open', title, arguments: [vscode.Uri.file(path), { selection, preview: true }] };
}

function conceptTooltip(concept: LoadedConcept, progress: ConceptProgress): vscode.MarkdownString {
  const text = new vscode.MarkdownString('**').appendText(concept.name).appendMarkdown('**\n\n');
  text.appendText(concept.prompt).appendMarkdown('\n\n');
  for (const stage of CONCEPT_STAGES) {
    const file = progress.made[stage];
    const when = file === undefined ? '—' : new Date(file.modified).toLocaleString(vscode.env.language);
    text
      .appendMarkdown('- ')
      .appendText(`${stageName(stage)}: ${when}`)
      .appendMarkdown('\n');
  }
  const { measured, active } = progress;
  if (active?.record) {
    text
      .appendMarkdown('\n')
      .appendText(`${stageTitle(active.record.stage)}: ${progressText(active.status)}`);
  }
  if (measured?.record) {
    const metrics = metricsText(measured.status.metrics?.values) ?? '';
    text.appendMarkdown('\n\n').appendText(`${stageTitle(measured.record.stage)}: ${metrics}`);
  }
  if (concept.tags.length > 0) text.appendMarkdown('\n\n').appendText(`# ${concept.tags.join(', ')}`);
  return text.appendMarkdown('\n\n').appendText(vscode.workspace.asRelativePath(concept.path));
}

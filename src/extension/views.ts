import * as vscode from 'vscode';
import { latestConcept } from './artifacts/project-artifacts.ts';
import { registerConceptFilter } from './concepts/concept-filter-box.ts';
import type { ConceptNode, ConceptTree } from './concepts/concept-tree.ts';
import { warmEngine } from './engine/warm-engine.ts';
import { COMMANDS, CONTEXT_KEYS, OPEN_SELECTED_CONCEPT, OPEN_SELECTED_RUN, TREES } from './identifiers.ts';
import { inertItems } from './inert-items.ts';
import { registerCommand } from './register-command.ts';
import type { Run } from './runs/run-state.ts';
import type { RunTree } from './runs/run-tree.ts';
import type { Services } from './services.ts';
import { type PlainTree, SteadyItems } from './steady-items.ts';
import type { ZooTree } from './zoo/zoo-tree.ts';

/** Key of the workspace state for whether concepts are grouped by tag. */
const BY_TAG_KEY = 'conceptsByTag';

export interface Trees {
  readonly concepts: ConceptTree;
  readonly runs: RunTree;
  readonly zoo: ZooTree;
}

/**
 * Creates the views with their trees.
 * @returns the view of the runs, whose selection keyboard shortcuts act on
 */
export function registerViews(
  context: vscode.ExtensionContext,
  services: Services,
  trees: Trees,
): vscode.TreeView<Run> {
  const itemsOf = <T extends object>(tree: PlainTree<T>) => {
    const items = new SteadyItems(tree);
    context.subscriptions.push(items);
    return inertItems(items);
  };
  const concepts = vscode.window.createTreeView(TREES.concepts, {
    treeDataProvider: itemsOf(trees.concepts),
    canSelectMany: true,
    showCollapseAll: true,
  });
  const runs = vscode.window.createTreeView(TREES.runs, {
    treeDataProvider: itemsOf(trees.runs),
    canSelectMany: true,
  });
  const zoo = vscode.window.createTreeView(TREES.zoo, {
    treeDataProvider: itemsOf(trees.zoo),
    canSelectMany: true,
    showCollapseAll: true,
  });
  services.zoo.show(zoo.visible);
  context.subscriptions.push(
    concepts,
    runs,
    zoo,
    zoo.onDidChangeVisibility(({ visible }) => services.zoo.show(visible)),
  );

  context.subscriptions.push(
    vscode.commands.registerCommand(OPEN_SELECTED_RUN, () =>
      vscode.commands.executeCommand(COMMANDS.openRun, runs.selection[0]),
    ),
    vscode.commands.registerCommand(OPEN_SELECTED_CONCEPT, () => openConcept(concepts.selection[0])),
  );

  warmWhileVisible(concepts, services, context);

  const group = (byTag: boolean) => {
    trees.concepts.groupByTag(byTag);
    concepts.description = byTag ? vscode.l10n.t('by tag') : undefined;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.conceptsByTag, byTag);
    return context.workspaceState.update(BY_TAG_KEY, byTag);
  };
  void group(context.workspaceState.get(BY_TAG_KEY, false));
  const { log } = services;
  registerCommand(context, log, COMMANDS.groupConceptsByTag, async () => group(true));
  registerCommand(context, log, COMMANDS.listConceptsByName, async () => group(false));
  registerConceptFilter(context, log, trees.concepts, concepts);
  context.subscriptions.push(
    concepts.onDidCollapseElement(({ element }) => trees.concepts.setClosed(element, true)),
    concepts.onDidExpandElement(({ element }) => trees.concepts.setClosed(element, false)),
  );
  return runs;
}

async function openConcept(node: ConceptNode | undefined): Promise<void> {
  if (node?.kind !== 'concept') return;
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(node.concept.path), { preview: true });
}

/**
 * Starts the engine whenever a view with concepts that have weights becomes visible: the user will probably look at the
 * latest of them soon.
 */
function warmWhileVisible(
  view: vscode.TreeView<unknown>,
  services: Services,
  context: vscode.ExtensionContext,
): void {
  const { projects, artifacts } = services;
  let warmed = false;
  const warm = () => {
    if (warmed || !view.visible) return;
    for (const { folder: project } of projects.projects) {
      const concept = latestConcept(artifacts.of(project));
      if (concept === undefined) continue;
      warmed = true;
      warmEngine(services, { project, concept }, 'statistics');
      warmEngine(services, { project, concept }, 'translation');
      return;
    }
  };
  context.subscriptions.push(
    artifacts.onDidChange(warm),
    view.onDidChangeVisibility(() => {
      warmed = false;
      warm();
    }),
  );
}

import * as vscode from 'vscode';
import { COMMANDS, CONTEXT_KEYS, TREES } from '../identifiers.ts';
import { registerCommand } from '../register-command.ts';
import type { ConceptNode, ConceptTree } from './concept-tree.ts';

/** Storage key of the concept filter, per workspace. */
const FILTER_KEY = 'conceptFilter';

/**
 * The input box that filters the Concepts view as the user types, and the message above the view while it is filtered.
 */
export function registerConceptFilter(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  tree: ConceptTree,
  view: vscode.TreeView<ConceptNode>,
): void {
  /** The filter that Escape restores. */
  let kept = context.workspaceState.get(FILTER_KEY, '');
  let shown = '';
  let box: vscode.InputBox | undefined;

  const describe = () => {
    view.message = tree.isFiltered ? resultText(tree.count(), shown) : undefined;
    if (box !== undefined) box.prompt = view.message ?? helpText();
  };
  const show = (filter: string) => {
    shown = filter.trim();
    tree.filter(shown);
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.conceptsFiltered, tree.isFiltered);
  };
  const keep = async (filter: string) => {
    const open = box;
    box = undefined;
    kept = filter.trim();
    show(kept);
    open?.hide();
    await context.workspaceState.update(FILTER_KEY, kept);
  };
  const idsOf = (nodes: readonly ConceptNode[]) => nodes.map((node) => tree.getTreeItem(node).id);

  const ask = async () => {
    // A box that is already open has lost the focus, or the command could not have been called.
    if (box !== undefined) await keep(box.value);
    await vscode.commands.executeCommand(`${TREES.concepts}.focus`);
    const selected = idsOf(view.selection);
    const opened = vscode.window.createInputBox();
    box = opened;
    opened.title = vscode.l10n.t('Find Concept');
    opened.placeholder = vscode.l10n.t('Words, tag:weather, @denoised');
    opened.value = kept;
    // Otherwise moving to the tree that the box filters would be the same as pressing Escape.
    opened.ignoreFocusOut = true;
    const following = vscode.Disposable.from(
      opened.onDidChangeValue(show),
      opened.onDidAccept(() => keep(opened.value)),
      // Selecting a row accepts the filter. Rows that filtering removes from the selection do not count.
      view.onDidChangeSelection(({ selection }) => {
        if (idsOf(selection).some((id) => !selected.includes(id))) void keep(opened.value);
      }),
      opened.onDidHide(() => {
        following.dispose();
        opened.dispose();
        if (box !== opened) return;
        box = undefined;
        show(kept);
      }),
    );
    describe();
    opened.show();
  };

  registerCommand(context, log, COMMANDS.findConcept, ask);
  registerCommand(context, log, COMMANDS.clearConceptFilter, () => keep(''));
  context.subscriptions.push(tree.onDidChangeTreeData(describe));
  show(kept);
}

function resultText({ found, all }: { found: number; all: number }, filter: string): string {
  return found === 0
    ? vscode.l10n.t('None of {0} concepts match “{1}”', all, filter)
    : vscode.l10n.t('{0} of {1} concepts match “{2}”', found, all, filter);
}

function helpText(): string {
  return vscode.l10n.t('Words from the name, prompt or tags; tag:weather for a tag; @denoised for a stage');
}

import * as vscode from 'vscode';
import { COMMANDS, CONTEXT_KEYS, TREES } from '../identifiers.ts';
import { registerCommand } from '../register-command.ts';
import type { ConceptNode, ConceptTree } from './concept-tree.ts';

/** What the concepts are filtered by; of this workspace. */
const FILTER_KEY = 'conceptFilter';

/** The box whose text narrows the Concepts view while it is typed, and what says above the view that it is narrowed. */
export function registerConceptFilter(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  tree: ConceptTree,
  view: vscode.TreeView<ConceptNode>,
): void {
  /** What the view comes back to when the box is left by Escape. */
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
    // The box that is open already lost the focus, or the command could not have been called.
    if (box !== undefined) await keep(box.value);
    await vscode.commands.executeCommand(`${TREES.concepts}.focus`);
    const selected = idsOf(view.selection);
    const opened = vscode.window.createInputBox();
    box = opened;
    opened.title = vscode.l10n.t('Find Concept');
    opened.placeholder = vscode.l10n.t('Words, tag:weather, @denoised');
    opened.value = kept;
    // Leaving it for the tree that it narrows would else be the same as Escape.
    opened.ignoreFocusOut = true;
    const following = vscode.Disposable.from(
      opened.onDidChangeValue(show),
      opened.onDidAccept(() => keep(opened.value)),
      // Whoever takes a row has found it. What a narrowed tree drops from the selection is not taken by anyone.
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
    ? vscode.l10n.t('No concept of {0} matches “{1}”', all, filter)
    : vscode.l10n.t('{0} of {1} concepts match “{2}”', found, all, filter);
}

function helpText(): string {
  return vscode.l10n.t(
    'Words of the name, the prompt or the tags; tag:weather for a tag, @denoised for how far concepts have come',
  );
}

import type * as vscode from 'vscode';
import { inertLine, inertText } from '../protocol/inert-text.ts';

type Tooltip = vscode.TreeItem['tooltip'];

/** The same tree, whose items are shown as plain text, whatever the files of the project are called. */
export function inertItems<T>(tree: vscode.TreeDataProvider<T>): vscode.TreeDataProvider<T> {
  const { resolveTreeItem } = tree;
  return {
    onDidChangeTreeData: tree.onDidChangeTreeData,
    getChildren: (element) => tree.getChildren(element),
    ...(tree.getParent && { getParent: (element: T) => tree.getParent!(element) }),
    getTreeItem: async (element) => inertItem(await tree.getTreeItem(element)),
    ...(resolveTreeItem && {
      resolveTreeItem: async (item: vscode.TreeItem, element: T, token: vscode.CancellationToken) => {
        const resolved = await resolveTreeItem.call(tree, item, element, token);
        return resolved && inertItem(resolved);
      },
    }),
  };
}

/** Changes the item itself, because the tree relies on its identity. */
export function inertItem(item: vscode.TreeItem): vscode.TreeItem {
  if (typeof item.label === 'string') item.label = inertLine(item.label);
  if (typeof item.description === 'string') item.description = inertLine(item.description);
  item.tooltip = inertTooltip(item.tooltip);
  const { accessibilityInformation: spoken } = item;
  if (spoken !== undefined) item.accessibilityInformation = { ...spoken, label: inertLine(spoken.label) };
  return item;
}

function inertTooltip(tooltip: Tooltip): Tooltip {
  if (tooltip === undefined) return undefined;
  if (typeof tooltip === 'string') return inertText(tooltip);
  tooltip.value = inertText(tooltip.value);
  return tooltip;
}

import * as vscode from 'vscode';

/** A tree that does not say which of its nodes have changed, and makes them anew each time that it is asked. */
export interface PlainTree<T> {
  readonly onDidChangeTreeData: vscode.Event<undefined>;
  getChildren(node?: T): T[];
  /** With an `id` that stays the same while the item is about the same thing. */
  getTreeItem(node: T): vscode.TreeItem;
  resolveTreeItem?(item: vscode.TreeItem, node: T): Promise<vscode.TreeItem>;
}

interface Row<T> {
  /** What the view has as its element. It stays the same object and gets the properties of each newer node. */
  readonly node: T;
  /** What the row shows. */
  shown: string;
  /** Ids of its children, if the view has asked for them. */
  children?: readonly string[];
}

/** Changes within this time after one that was shown are shown together, at its end. */
const TOGETHER_MS = 100;

/**
 * The same tree for a view, which updates as little of it as it can. While an item is updated, the view has no element
 * for it, so that a click in that moment is lost or acts on nothing, and the state of a running stage changes many
 * times a second. So elements stay the same objects as long as their items have the same id, and only the items that
 * show something else than before are updated.
 */
export class SteadyItems<T extends object> implements vscode.TreeDataProvider<T>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<T[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #tree: PlainTree<T>;
  readonly #listener: vscode.Disposable;
  readonly #rows = new Map<string, Row<T>>();
  readonly #ids = new WeakMap<T, string>();
  #top: readonly string[] = [];
  /** Runs while further changes are gathered. */
  #timer: NodeJS.Timeout | undefined;
  #waiting = false;

  constructor(tree: PlainTree<T>) {
    this.#tree = tree;
    this.#listener = tree.onDidChangeTreeData(() => this.#change());
  }

  getChildren(parent?: T): T[] {
    const nodes = this.#tree.getChildren(parent);
    const kept = nodes.map((node) => this.#keep(node));
    const ids = kept.map((node) => this.#ids.get(node)!);
    this.#forget(this.#childrenOf(parent), new Set(ids));
    const row = parent && this.#rowOf(parent);
    if (row !== undefined) row.children = ids;
    else this.#top = ids;
    return kept;
  }

  getTreeItem(node: T): vscode.TreeItem {
    const item = this.#tree.getTreeItem(node);
    const row = this.#rowOf(node);
    if (row !== undefined) row.shown = shownOf(item);
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, node: T): Promise<vscode.TreeItem> {
    return this.#tree.resolveTreeItem?.(item, node) ?? item;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#listener.dispose();
    this.#changed.dispose();
  }

  /** The first change is shown at once, since a person may have asked for it. */
  #change(): void {
    if (this.#timer !== undefined) {
      this.#waiting = true;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#waiting) this.#change();
    }, TOGETHER_MS);
    this.#waiting = false;
    this.#update();
  }

  #update(): void {
    const outdated: T[] = [];
    if (this.#compare(undefined, outdated)) {
      if (outdated.length > 0) this.#changed.fire(outdated);
    } else this.#changed.fire(undefined);
  }

  /**
   * Gathers what is outdated below a node; what is below an outdated item is updated with it.
   * @returns whether the node has the children that the view knows
   */
  #compare(parent: T | undefined, outdated: T[]): boolean {
    const known = this.#childrenOf(parent);
    const nodes = this.#tree.getChildren(parent);
    const items = nodes.map((node) => this.#tree.getTreeItem(node));
    if (known.length !== items.length || items.some(({ id }, index) => id !== known[index])) return false;
    for (const [index, id] of known.entries()) {
      const row = this.#rows.get(id)!;
      replace(row.node, nodes[index]!);
      const shown = shownOf(items[index]!);
      const same = shown === row.shown && (!row.children || this.#compare(row.node, outdated));
      row.shown = shown;
      if (!same) outdated.push(row.node);
    }
    return true;
  }

  #rowOf(node: T): Row<T> | undefined {
    const id = this.#ids.get(node);
    return id === undefined ? undefined : this.#rows.get(id);
  }

  #childrenOf(parent: T | undefined): readonly string[] {
    return (parent === undefined ? this.#top : this.#rowOf(parent)?.children) ?? [];
  }

  /** The element of the view for a node. */
  #keep(node: T): T {
    const item = this.#tree.getTreeItem(node);
    const id = item.id;
    if (id === undefined) throw new Error(`“${String(item.label)}” has no id in the tree.`);
    const known = this.#rows.get(id);
    if (known !== undefined) {
      replace(known.node, node);
      known.shown = shownOf(item);
      return known.node;
    }
    // A copy: the node belongs to the tree, and the element changes.
    const element = { ...node };
    this.#rows.set(id, { node: element, shown: shownOf(item) });
    this.#ids.set(element, id);
    return element;
  }

  /** Drops rows, and those below them, that are no longer there. */
  #forget(ids: readonly string[], kept: ReadonlySet<string>): void {
    for (const id of ids) {
      if (kept.has(id)) continue;
      const { children = [] } = this.#rows.get(id) ?? {};
      this.#rows.delete(id);
      this.#forget(children, kept);
    }
  }
}

function shownOf(item: vscode.TreeItem): string {
  return JSON.stringify(item);
}

/** Gives an object the properties of another, and no others. */
function replace(node: object, newer: object): void {
  for (const key of Object.keys(node)) if (!(key in newer)) Reflect.deleteProperty(node, key);
  Object.assign(node, newer);
}

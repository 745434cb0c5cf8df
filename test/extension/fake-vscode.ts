/** As much of the `vscode` module as trees and lists need: `vi.mock('vscode', () => import('./fake-vscode.ts'))`. */

export class EventEmitter<T> {
  private readonly listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value: T) {
    for (const listener of this.listeners) listener(value);
  }
  dispose() {
    this.listeners.clear();
  }
}

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class ThemeIcon {
  static readonly Folder = new ThemeIcon('folder');
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const ProgressLocation = { Window: 10, Notification: 15 };
export const QuickPickItemKind = { Separator: -1, Default: 0 };

export class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState: number = TreeItemCollapsibleState.None,
  ) {}
}

export class MarkdownString {
  constructor(public value = '') {}
  appendText(text: string) {
    this.value += text;
    return this;
  }
  appendMarkdown(text: string) {
    this.value += text;
    return this;
  }
}

export class Uri {
  private constructor(readonly fsPath: string) {}
  static file(path: string) {
    return new Uri(path);
  }
  toString() {
    return `file://${this.fsPath}`;
  }
}

export const env = { language: 'en' };
export const workspace = { asRelativePath: (path: string) => path };
export const window = { onDidChangeWindowState: () => ({ dispose() {} }) };
export const l10n = {
  t: (text: string, ...values: unknown[]) => text.replace(/\{(\d)\}/g, (_, i) => String(values[i])),
};

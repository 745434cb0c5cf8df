import * as vscode from 'vscode';
import type { PersistedState, ProjectTarget } from '../../protocol/webview/common.ts';
import { PANELS } from '../identifiers.ts';
import { PanelConnection } from './panel-connection.ts';
import { showPage } from './show-page.ts';

/** One kind of panel. */
export interface PanelKind<Target extends ProjectTarget> {
  readonly view: keyof typeof PANELS;
  title(target: Target): string;
  /** Panels of equal keys show the same: the one that is open is shown again. */
  key(target: Target): string;
  /** Folders whose pictures the page may show. */
  pictureFolders(target: Target): string[];
  /** Answers the page and tells it of changes, for as long as the panel is open. */
  attach(connection: PanelConnection, target: Target): void;
  /** Told of a target whose panel is open already, before that is shown again. */
  showAgain?(target: Target): void;
  /** Whether what was kept over a reload is a target of this kind. */
  isTarget(kept: unknown): kept is Target;
}

/** What a page has kept over a reload of the window; undefined where it never got to. */
export type KeptState = Partial<PersistedState<unknown>> | undefined;

/** The open panels of one kind. */
export class Panels<Target extends ProjectTarget> implements vscode.Disposable {
  private readonly open = new Map<string, vscode.WebviewPanel>();

  constructor(
    private readonly extension: vscode.Uri,
    private readonly kind: PanelKind<Target>,
  ) {}

  /** Fills a panel that was open when the window was reloaded, by what its page kept. */
  revive(panel: vscode.WebviewPanel, kept: KeptState): void {
    const target = kept?.target;
    if (!this.kind.isTarget(target)) panel.dispose();
    else this.fill(panel, target);
  }

  show(target: Target): void {
    const open = this.open.get(this.kind.key(target));
    if (open !== undefined) {
      this.kind.showAgain?.(target);
      open.reveal();
      return;
    }
    const { view } = this.kind;
    this.fill(
      vscode.window.createWebviewPanel(PANELS[view], this.kind.title(target), vscode.ViewColumn.Active),
      target,
    );
  }

  dispose(): void {
    for (const panel of [...this.open.values()]) panel.dispose();
  }

  private fill(panel: vscode.WebviewPanel, target: Target): void {
    const key = this.kind.key(target);
    this.open.set(key, panel);
    panel.onDidDispose(() => {
      if (this.open.get(key) === panel) this.open.delete(key);
    });
    const { view } = this.kind;
    panel.iconPath = {
      light: vscode.Uri.joinPath(this.extension, 'media', 'panel-light.svg'),
      dark: vscode.Uri.joinPath(this.extension, 'media', 'panel-dark.svg'),
    };
    this.kind.attach(new PanelConnection(panel), target);
    showPage(panel, this.extension, view, this.kind.title(target), this.kind.pictureFolders(target));
  }
}

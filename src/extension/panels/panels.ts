import * as vscode from 'vscode';
import { safeParse } from '../../protocol/safe-parse.ts';
import type { PersistedState, ProjectTarget } from '../../protocol/webview/common.ts';
import type { Schema } from '../../protocol/webview/schema.ts';
import { type PANEL_COMMANDS, PANELS, type PanelName } from '../identifiers.ts';
import { PanelConnection } from './panel-connection.ts';
import { showPage } from './show-page.ts';

/** The names of the commands that open a panel. */
export type PanelCommand = keyof typeof PANEL_COMMANDS;

type CommandsOf<View extends PanelName> = {
  [Command in PanelCommand]: (typeof PANEL_COMMANDS)[Command] extends View ? Command : never;
}[PanelCommand];

/**
 * What a command shows in its panel; undefined if the user chose nothing.
 * @param target what the command was called on
 * @param selected everything that is selected, if that is more than one thing
 */
type ChooseTarget<Target> = (target: unknown, selected: unknown) => Promise<Target | undefined>;

/** One kind of panel. */
export interface PanelKind<View extends PanelName, Target extends ProjectTarget> {
  readonly view: View;
  /** What each of the kind's commands shows. */
  readonly commands: { readonly [Command in CommandsOf<View>]: ChooseTarget<Target> };
  title(target: Target): string;
  /** Tells targets apart: if a panel of the same key is open, it is shown again. */
  key(target: Target): string;
  /** Folders whose images the page may show. */
  pictureFolders(target: Target): string[];
  /** Answers the page and notifies it of changes while the panel is open. */
  attach(connection: PanelConnection, target: Target): void;
  /** Called with a target whose panel is already open, before that panel is shown again. */
  showAgain?(target: Target): void;
  /** What a page may have kept across a reload of the window. */
  readonly target: Schema<Target>;
}

/** What a page has kept across a reload of the window; undefined if it kept nothing. */
export type KeptState = Partial<PersistedState<unknown>> | undefined;

/** The open panels of one kind. */
export class Panels<View extends PanelName, Target extends ProjectTarget> implements vscode.Disposable {
  private readonly open = new Map<string, vscode.WebviewPanel>();

  constructor(
    private readonly extension: vscode.Uri,
    private readonly kind: PanelKind<View, Target>,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Runs one of the commands that open a panel of this kind. */
  async run(command: PanelCommand, target: unknown, selected: unknown): Promise<void> {
    const commands: Partial<Record<PanelCommand, ChooseTarget<Target>>> = this.kind.commands;
    const chosen = await commands[command]?.(target, selected);
    if (chosen !== undefined) this.show(chosen);
  }

  /** Fills a panel that was open when the window was reloaded, by what its page kept. */
  revive(panel: vscode.WebviewPanel, kept: KeptState): void {
    const target = safeParse(this.kind.target, kept?.target);
    if (target.success) this.fill(panel, target.data);
    else {
      this.log.error(
        `The saved state of a panel (${this.kind.view}) is not from this version, so the panel was closed.`,
      );
      panel.dispose();
    }
  }

  private show(target: Target): void {
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
    this.kind.attach(new PanelConnection(panel, this.log), target);
    showPage(panel, this.extension, view, this.kind.title(target), this.kind.pictureFolders(target));
  }
}

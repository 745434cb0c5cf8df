import * as vscode from 'vscode';
import { Messenger } from 'vscode-messenger';
import type { NotificationType, RequestType, WebviewIdMessageParticipant } from 'vscode-messenger-common';
import { shownMessage, UserError } from '../../project/user-error.ts';
import { type Connected, type ViewAction, viewAction } from '../../protocol/webview/common.ts';

/**
 * One panel's side of the connection to its page. The page connects whenever it is created, and is notified of changes
 * from then until it is hidden.
 */
export class PanelConnection {
  private readonly messenger = new Messenger({ ignoreHiddenViews: true });
  private readonly page: WebviewIdMessageParticipant;
  private connected = false;
  private readonly closers: vscode.Disposable[] = [];

  constructor(readonly panel: vscode.WebviewPanel) {
    this.page = this.messenger.registerWebviewPanel(panel);
    panel.onDidChangeViewState(() => {
      // A hidden page is discarded.
      if (!panel.visible) this.connected = false;
    });
    panel.onDidDispose(() => vscode.Disposable.from(...this.closers).dispose());
  }

  /** Whether the page is connected and visible. */
  get listening(): boolean {
    return this.connected && this.panel.visible;
  }

  /** @param read reads what the page shows first */
  onConnect<Target, State>(
    type: RequestType<void, Connected<Target, State>>,
    target: Target,
    read: () => Promise<State> | State,
  ): void {
    this.onRequest(type, async () => {
      const state = await read();
      this.connected = true;
      return { target, state };
    });
  }

  onRequest<P, R>(type: RequestType<P, R>, handler: (params: P) => Promise<R> | R): void {
    this.messenger.onRequest(type, async (params: P) => {
      try {
        return await handler(params);
      } catch (error) {
        // Only the message reaches the page.
        throw error instanceof UserError ? new Error(shownMessage(error), { cause: error }) : error;
      }
    });
  }

  /** @param offered the action of the state that the page currently shows */
  onAction(offered: () => ViewAction | undefined): void {
    this.onRequest(viewAction, async ({ command }) => {
      if (offered()?.command !== command)
        throw new Error(`The view does not offer "${command}" at the moment.`);
      await vscode.commands.executeCommand(command);
    });
  }

  /** Notifies the page if it is connected. */
  notify<P>(type: NotificationType<P>, params: P): void {
    if (this.listening) this.messenger.sendNotification(type, this.page, params);
  }

  /** Disposes of something together with the panel. */
  closeWithPanel(...closers: vscode.Disposable[]): void {
    this.closers.push(...closers);
  }
}

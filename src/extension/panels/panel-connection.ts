import * as vscode from 'vscode';
import { Messenger } from 'vscode-messenger';
import type { NotificationType, RequestType, WebviewIdMessageParticipant } from 'vscode-messenger-common';
import { type Connected, type ViewAction, viewAction } from '../../protocol/webview/common.ts';

/**
 * One panel's end of the conversation with its page. The page connects each time it is built. From then until it is
 * hidden it is told of changes, and at no other time.
 */
export class PanelConnection {
  private readonly messenger = new Messenger({ ignoreHiddenViews: true });
  private readonly page: WebviewIdMessageParticipant;
  private connected = false;
  private readonly closers: vscode.Disposable[] = [];

  constructor(readonly panel: vscode.WebviewPanel) {
    this.page = this.messenger.registerWebviewPanel(panel);
    panel.onDidChangeViewState(() => {
      // A hidden page is thrown away.
      if (!panel.visible) this.connected = false;
    });
    panel.onDidDispose(() => vscode.Disposable.from(...this.closers).dispose());
  }

  /** True while the page draws what it is told. */
  get listening(): boolean {
    return this.connected && this.panel.visible;
  }

  /** Answers a page that connects. @param read what it is to show first */
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
    this.messenger.onRequest(type, handler);
  }

  /** Runs the action that the page asks for. @param offered the action of the state that the page shows */
  onAction(offered: () => ViewAction | undefined): void {
    this.onRequest(viewAction, async ({ command }) => {
      if (offered()?.command !== command) throw new Error(`The view offers no "${command}" now.`);
      await vscode.commands.executeCommand(command);
    });
  }

  /** Tells the page, if it listens. */
  notify<P>(type: NotificationType<P>, params: P): void {
    if (this.listening) this.messenger.sendNotification(type, this.page, params);
  }

  /** Disposes something together with the panel. */
  closeWithPanel(...closers: vscode.Disposable[]): void {
    this.closers.push(...closers);
  }
}

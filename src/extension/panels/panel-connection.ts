import * as vscode from 'vscode';
import { Messenger } from 'vscode-messenger';
import type { WebviewIdMessageParticipant } from 'vscode-messenger-common';
import { shownMessage, UserError } from '../../project/user-error.ts';
import { inertLine } from '../../protocol/inert-text.ts';
import { type Connected, type ViewAction, viewAction, viewProblem } from '../../protocol/webview/common.ts';
import {
  type CheckedNotification,
  type CheckedRequest,
  checked,
  MessageError,
} from '../../protocol/webview/schema.ts';

/** Most characters of a page's problem that are logged. */
const MOST_PROBLEM = 1000;

/**
 * One panel's side of the connection to its page. The page connects whenever it is created, and is notified of changes
 * from then until it is hidden. What the page sends is checked: a request that does not fit is logged and refused.
 */
export class PanelConnection {
  private readonly messenger = new Messenger({ ignoreHiddenViews: true });
  private readonly page: WebviewIdMessageParticipant;
  private connected = false;
  private readonly closers: vscode.Disposable[] = [];

  /** @param log where refused messages are logged */
  constructor(
    readonly panel: vscode.WebviewPanel,
    private readonly log: Pick<vscode.LogOutputChannel, 'error'>,
  ) {
    this.page = this.messenger.registerWebviewPanel(panel);
    panel.onDidChangeViewState(() => {
      // A hidden page is discarded.
      if (!panel.visible) this.connected = false;
    });
    this.messenger.onNotification(viewProblem, (problem: unknown) => {
      this.log.error(inertLine(String(problem).slice(0, MOST_PROBLEM)));
    });
    panel.onDidDispose(() => vscode.Disposable.from(...this.closers).dispose());
  }

  /** Whether the page is connected and visible. */
  get listening(): boolean {
    return this.connected && this.panel.visible;
  }

  /** @param read reads what the page shows first */
  onConnect<Target, State>(
    type: CheckedRequest<void, Connected<Target, State>>,
    target: Target,
    read: () => Promise<State> | State,
  ): void {
    this.onRequest(type, async () => {
      const state = await read();
      this.connected = true;
      return { target, state };
    });
  }

  onRequest<P, R>(type: CheckedRequest<P, R>, handler: (params: P) => Promise<R> | R): void {
    this.messenger.onRequest(type, async (message: unknown) => {
      const params = this.received(type, message) as P;
      try {
        return await handler(params);
      } catch (error) {
        // Only the message reaches the page.
        throw error instanceof UserError ? new Error(shownMessage(error), { cause: error }) : error;
      }
    });
  }

  /** @throws MessageError after logging it */
  private received<P>({ method, params }: CheckedRequest<P, unknown>, message: unknown): P {
    try {
      return checked(`The view's request ${method}`, params, message);
    } catch (error) {
      if (error instanceof MessageError) this.log.error(error.message);
      throw error;
    }
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
  notify<P>(type: CheckedNotification<P>, params: P): void {
    if (this.listening) this.messenger.sendNotification(type, this.page, params);
  }

  /** Disposes of something together with the panel. */
  closeWithPanel(...closers: vscode.Disposable[]): void {
    this.closers.push(...closers);
  }
}

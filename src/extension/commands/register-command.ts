import * as vscode from 'vscode';
import { showFailure } from '../failure.ts';
import type { COMMANDS } from '../identifiers.ts';

/** Registers a command whose failures are shown instead of thrown at whoever called it. */
export function registerCommand(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  id: (typeof COMMANDS)[keyof typeof COMMANDS],
  handler: (target: unknown) => Promise<void> | void,
): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(id, async (target: unknown) => {
      try {
        await handler(target);
      } catch (error) {
        void showFailure(log, error);
      }
    }),
  );
}

import * as vscode from 'vscode';
import { showFailure } from './failure.ts';
import type { COMMANDS } from './identifiers.ts';

/**
 * Registers a command whose errors are shown to the user instead of being thrown at the caller.
 * @param handler receives what the command was called on, and the whole selection if there is more than one item
 */
export function registerCommand(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  id: (typeof COMMANDS)[keyof typeof COMMANDS],
  handler: (target: unknown, selected: unknown) => Promise<void> | void,
): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(id, async (target: unknown, selected: unknown) => {
      try {
        await handler(target, selected);
      } catch (error) {
        void showFailure(log, error);
      }
    }),
  );
}

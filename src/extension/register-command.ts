import * as vscode from 'vscode';
import { showFailure } from './failure.ts';
import type { COMMANDS } from './identifiers.ts';

/**
 * Registers a command whose failures are shown instead of thrown at whoever called it.
 * @param handler told what the command was called on, and all that is selected where that is more than one thing
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

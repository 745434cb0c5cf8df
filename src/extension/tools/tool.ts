import * as vscode from 'vscode';
import type * as z from 'zod';
import { shownMessage, UserError } from '../../project/user-error.ts';
import type { TOOLS } from '../identifiers.ts';
import { fitBudget } from './fit-budget.ts';
import { parseInput } from './tool-inputs.ts';

/** One tool: its input schema, what the chat shows for a call, and the answer to a call. */
export interface Tool<S extends z.ZodType> {
  readonly name: (typeof TOOLS)[keyof typeof TOOLS];
  readonly input: S;
  /**
   * Prepares a call, without side effects. With `confirmationMessages`, the user is asked first.
   * @throws UserError if the call cannot succeed; it is then not made, and the user is not asked
   */
  prepare(input: z.output<S>): vscode.PreparedToolInvocation | Promise<vscode.PreparedToolInvocation>;
  /**
   * @returns text for the model
   * @throws UserError whose message tells the model what to do instead
   */
  answer(input: z.output<S>, token: vscode.CancellationToken): Promise<string>;
}

/**
 * A tool as VS Code calls it. Throwing is the API's error result: the model gets the message. Inputs are checked here,
 * since VS Code passes on whatever the model made up.
 */
export function languageModelTool<S extends z.ZodType>(
  tool: Tool<S>,
  log: vscode.LogOutputChannel,
): vscode.LanguageModelTool<unknown> {
  return {
    prepareInvocation: async ({ input }) => {
      try {
        return await tool.prepare(parseInput(tool.input, input));
      } catch (error) {
        throw withShownCode(error);
      }
    },
    invoke: async ({ input, tokenizationOptions }, token) => {
      try {
        const parsed = parseInput(tool.input, input);
        throwIfCancelled(token);
        let text = await tool.answer(parsed, token);
        throwIfCancelled(token);
        if (tokenizationOptions !== undefined) {
          const { tokenBudget, countTokens } = tokenizationOptions;
          text = await fitBudget(text, tokenBudget, (part) => countTokens(part, token));
        }
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
      } catch (error) {
        // A request that was canceled meanwhile fails with an error of its own.
        throwIfCancelled(token);
        if (!(error instanceof UserError)) log.error(error instanceof Error ? error : String(error));
        throw withShownCode(error);
      }
    },
  };
}

/** The model gets nothing but the message: the code of a user error has to be in it. */
const withShownCode = (error: unknown) =>
  error instanceof UserError ? new UserError(error.kind, shownMessage(error), { cause: error }) : error;

export function throwIfCancelled(token: vscode.CancellationToken): void {
  if (token.isCancellationRequested) throw new vscode.CancellationError();
}

export const workspaceFolders = (): string[] =>
  (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { insteadOf } from './stand-ins.ts';

type Question =
  | 'showInputBox'
  | 'showQuickPick'
  | 'showOpenDialog'
  | 'showSaveDialog'
  | 'showWarningMessage'
  | 'showErrorMessage';

/** One answer of the user's: to which kind of question, and what they say to what they are shown. */
export interface Answer {
  readonly question: Question;
  readonly say: (...shown: never[]) => unknown;
}

/** @param say given the box's options; undefined leaves it without an answer */
export const inputBox = (say: (options: vscode.InputBoxOptions) => string | undefined): Answer => ({
  question: 'showInputBox',
  say,
});

/** @param say given what there is to choose from, and the list's options; undefined chooses nothing */
export function quickPick<T extends string | vscode.QuickPickItem>(
  say: (items: readonly T[], options: vscode.QuickPickOptions) => T | undefined,
): Answer {
  const answer = async (items: readonly T[] | PromiseLike<readonly T[]>, options: vscode.QuickPickOptions) =>
    say(await items, options);
  return { question: 'showQuickPick', say: answer };
}

/** @param say given the dialog's options; undefined closes it */
export const openDialog = (say: (options: vscode.OpenDialogOptions) => string | undefined): Answer => ({
  question: 'showOpenDialog',
  say: (options: vscode.OpenDialogOptions) => {
    const path = say(options);
    return path === undefined ? undefined : [vscode.Uri.file(path)];
  },
});

/** @param say given the dialog's options; undefined closes it */
export const saveDialog = (say: (options: vscode.SaveDialogOptions) => string | undefined): Answer => ({
  question: 'showSaveDialog',
  say: (options: vscode.SaveDialogOptions) => {
    const path = say(options);
    return path === undefined ? undefined : vscode.Uri.file(path);
  },
});

/** A modal warning. @param say given its text, its options and its button; undefined cancels */
export const modalWarning = (
  say: (message: string, options: vscode.MessageOptions, button: string) => string | undefined,
): Answer => ({
  question: 'showWarningMessage',
  say: (message: string, options: vscode.MessageOptions, button: string) => {
    assert.equal(options.modal, true);
    return say(message, options, button);
  },
});

/** A failure that is shown; it is closed. @param say given its text */
export const failure = (say: (message: string) => void): Answer => ({ question: 'showErrorMessage', say });

const QUESTIONS: readonly Question[] = [
  'showInputBox',
  'showQuickPick',
  'showOpenDialog',
  'showSaveDialog',
  'showWarningMessage',
  'showErrorMessage',
];

/**
 * Runs one of the extension's commands, as a user who answers what it asks: each question in its turn, all of them, and
 * no others.
 */
export async function answering(
  answers: readonly Answer[],
  command: string,
  ...args: unknown[]
): Promise<void> {
  const left = [...answers];
  // Thrown at the extension, it would only be shown.
  const wrong: unknown[] = [];
  const standIn =
    (question: Question) =>
    async (...shown: never[]): Promise<unknown> => {
      try {
        const answer = left.shift();
        assert.ok(answer?.question === question, `asked ${question} with ${JSON.stringify(shown)}`);
        return await answer.say(...shown);
      } catch (error) {
        wrong.push(error);
        return undefined;
      }
    };
  const run = async (questions: readonly Question[]): Promise<void> => {
    const [question, ...others] = questions;
    if (question === undefined) await vscode.commands.executeCommand(command, ...args);
    else await insteadOf(vscode.window, question, standIn(question) as never, () => run(others));
  };
  await run(QUESTIONS);
  if (wrong.length > 0) throw wrong[0];
  assert.deepEqual(
    left.map(({ question }) => question),
    [],
    'not everything was asked',
  );
}

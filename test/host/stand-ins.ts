import * as vscode from 'vscode';

/**
 * Puts something in the place of a part of the editor's API while `work` goes on, for the extension as well: both have
 * the same copy of it (test/host-runner/main.ts).
 */
export async function insteadOf<T extends object, K extends keyof T>(
  part: T,
  key: K,
  standIn: T[K],
  work: () => PromiseLike<void>,
): Promise<void> {
  const own = Object.getOwnPropertyDescriptor(part, key);
  Object.defineProperty(part, key, { configurable: true, value: standIn });
  try {
    await work();
  } finally {
    if (own === undefined) delete part[key];
    else Object.defineProperty(part, key, own);
  }
}

/**
 * Takes calls of one of the editor's own commands in its place while `work` goes on.
 * @returns what it was called with, call by call
 */
export async function callsOf(command: string, work: () => PromiseLike<void>): Promise<unknown[][]> {
  const calls: unknown[][] = [];
  const { executeCommand } = vscode.commands;
  const taken = ((id: string, ...args: unknown[]) => {
    if (id !== command) return executeCommand(id, ...args);
    calls.push(args);
    return Promise.resolve();
  }) as typeof executeCommand;
  await insteadOf(vscode.commands, 'executeCommand', taken, work);
  return calls;
}

import type * as vscode from 'vscode';
import type { QueuedRun } from './new-run.ts';

/** Runs that wait for another run to succeed. */
export interface Waiting {
  readonly after: { readonly project: string; readonly runId: string };
  readonly rest: readonly QueuedRun[];
}

const WAITING_KEY = 'waitingRuns';

/** The runs of each queue that have not begun, stored for a later window. */
export class WaitingRuns {
  constructor(private readonly memory: vscode.Memento) {}

  /** By the storage key of each queue. */
  get all(): ReadonlyMap<string, Waiting> {
    return new Map(Object.entries(this.memory.get<Record<string, Waiting>>(WAITING_KEY, {})));
  }

  async keep(queue: string, waiting: Waiting): Promise<void> {
    await this.update(new Map(this.all).set(queue, waiting));
  }

  async drop(queue: string): Promise<void> {
    const others = new Map(this.all);
    if (others.delete(queue)) await this.update(others);
  }

  private async update(waiting: ReadonlyMap<string, Waiting>): Promise<void> {
    await this.memory.update(WAITING_KEY, Object.fromEntries(waiting));
  }
}

import { projectPaths } from '../../../project/paths.ts';
import { RunTail } from '../../../project/runs/run-record.ts';
import type { RunEvent } from '../../../protocol/events.ts';
import type { RunReference } from '../../../protocol/webview/common.ts';
import type { DamagedLines } from '../../../protocol/webview/run.ts';
import { type RunPoints, runPoints } from './run-points.ts';

/** Reads the events of one run from the beginning, each once. */
class RunReader {
  readonly #tail: RunTail;

  constructor({ project, runId }: RunReference) {
    this.#tail = new RunTail(projectPaths(project).run(runId));
  }

  /** The events since the last reading. */
  async read(): Promise<RunPoints> {
    const events: RunEvent[] = [];
    do for (const event of await this.#tail.read()) events.push(event);
    while (this.#tail.behind);
    return runPoints(events);
  }

  get damaged(): DamagedLines | undefined {
    const { skippedLines, firstSkipped } = this.#tail;
    return skippedLines === 0 ? undefined : { count: skippedLines, lines: [...firstSkipped] };
  }
}

/** `whole`: these are all points of the run, not those since the last reading. */
export type OverlaidPoints = RunReference & { whole: boolean } & Pick<RunPoints, 'curves'>;

/** Tracks what one page has received of a run and of the runs overlaid on it. */
export class RunsReader {
  readonly #run: RunReader;
  readonly #overlaid = new Map<string, RunReader>();

  constructor(run: RunReference) {
    this.#run = new RunReader(run);
  }

  /** What is new since the last reading; everything of an overlaid run that the last reading did not include. */
  async read(
    overlaid: readonly RunReference[],
  ): Promise<{ points: RunPoints; damaged: DamagedLines | undefined; overlaid: OverlaidPoints[] }> {
    const wanted = new Set(overlaid.map(runKey));
    for (const key of [...this.#overlaid.keys()]) if (!wanted.has(key)) this.#overlaid.delete(key);
    const points = await this.#run.read();
    const { damaged } = this.#run;
    return { points, damaged, overlaid: await Promise.all(overlaid.map((run) => this.#readOverlaid(run))) };
  }

  async #readOverlaid({ project, runId }: RunReference): Promise<OverlaidPoints> {
    const key = runKey({ project, runId });
    const known = this.#overlaid.get(key);
    const reader = known ?? new RunReader({ project, runId });
    this.#overlaid.set(key, reader);
    const { curves } = await reader.read();
    return { project, runId, whole: known === undefined, curves };
  }
}

/** A key that is unique to a run. */
export function runKey({ project, runId }: RunReference): string {
  return projectPaths(project).run(runId);
}

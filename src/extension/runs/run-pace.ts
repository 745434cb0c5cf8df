import type { RunEvent } from '../../protocol/events.ts';
import type { Stage } from '../../protocol/stages.ts';

/** The time that the training steps of a stage took. */
export interface StagePace {
  readonly stage: Stage;
  readonly steps: number;
  /** From the first report to the last, so without reading, tracing and compiling. */
  readonly seconds: number;
}

interface OpenStage {
  readonly stage: Stage;
  readonly first?: { readonly done: number; readonly time: number };
  readonly last?: { readonly done: number; readonly time: number };
}

/** The stages that a run has reached. */
export interface RunPace {
  readonly ended: readonly StagePace[];
  readonly open?: OpenStage;
}

export const NO_PACE: RunPace = { ended: [] };

/** The pace after another event. Unknown for a resumed run, which skips the work that is already done. */
export function keepPace(pace: RunPace, event: RunEvent): RunPace {
  switch (event.type) {
    case 'started':
      return event.resumed ? NO_PACE : { ended: [], open: { stage: event.stage } };
    case 'stage':
      return pace.open ? { ended: ended(pace), open: { stage: event.stage } } : pace;
    case 'progress': {
      const { open } = pace;
      if (!open || event.unit !== 'steps') return pace;
      const point = { done: event.done, time: event.time };
      return { ...pace, open: { ...open, first: open.first ?? point, last: point } };
    }
    case 'finished':
      return { ended: ended(pace) };
    default:
      return pace;
  }
}

function ended({ ended: others, open }: RunPace): StagePace[] {
  if (!open?.first || !open.last || open.last.done <= open.first.done) return [...others];
  const steps = open.last.done - open.first.done;
  return [...others, { stage: open.stage, steps, seconds: (open.last.time - open.first.time) / 1000 }];
}

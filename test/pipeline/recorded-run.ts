import { NO_WORKERS, type StageContext } from '../../src/pipeline/stage.ts';
import type { NewRunEvent } from '../../src/protocol/events.ts';
import { temporaryFolder } from '../temporary-folders.ts';

/** The context of a stage that is called without the engine, and the events that it emits. */
export function recordedRun(
  about: Pick<StageContext, 'project' | 'training'> & Partial<StageContext>,
  folder = temporaryFolder(),
): { context: StageContext; events: NewRunEvent[] } {
  const events: NewRunEvent[] = [];
  const context: StageContext = {
    run: { folder, emit: (event) => events.push(event) },
    shouldStop: () => false,
    resume: false,
    options: {},
    startWorkers: () => NO_WORKERS,
    ...about,
  };
  return { context, events };
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StageContext } from '../../src/pipeline/stage.ts';
import type { TrainingConfig } from '../../src/project/schema/training-schema.ts';
import type { NewRunEvent } from '../../src/protocol/events.ts';
import type { StageOptions } from '../../src/protocol/stages.ts';
import type { TrainedProject } from '../engine/trained-project.ts';
import { recordedRun } from './recorded-run.ts';

export interface RecordedContext {
  readonly context: StageContext;
  readonly events: NewRunEvent[];
  /** Messages of the log events of a level. */
  logged(level: 'info' | 'warning'): string[];
}

/** A stage's context in a trained project, on one CPU thread, its events kept. */
export function stageContext(
  { project, training }: Pick<TrainedProject, 'project' | 'training'>,
  options: StageOptions = {},
  change: (config: TrainingConfig) => TrainingConfig = (config) => config,
): RecordedContext {
  const folder = join(project.folder, 'runs', 'test');
  mkdirSync(folder, { recursive: true });
  const config = change({ ...training.config, device: 'cpu', threads: 1 });
  const { context, events } = recordedRun({ project, training: { ...training, config }, options }, folder);
  const logged = (level: string) =>
    events.flatMap((event) => (event.type === 'log' && event.level === level ? [event.message] : []));
  return { context, events, logged };
}

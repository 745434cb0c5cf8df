import { join } from 'node:path';
import type { RunWriter } from '../pipeline/stage.ts';
import type { NewRunEvent, RunEvent } from '../protocol/events.ts';
import { RUN_FILES } from '../protocol/run.ts';
import { EtaEstimator } from './eta.ts';
import { EventLog } from './event-log.ts';
import { type Clock, type NewProgressEvent, ProgressThrottle, systemClock } from './progress-throttle.ts';

const PROGRESS_INTERVAL_MS = 100;
/** Least time between memory measurements: memory changes slowly, and a long log takes longer to read. */
const MEMORY_INTERVAL_MS = 2000;

/** A destination of events besides `events.jsonl`: the terminal, standard output as JSON, TensorBoard's event files. */
export interface EventSink {
  /** @param line the event as written to `events.jsonl` */
  event(event: RunEvent, line: string): void;
  close(): void;
}

/** Handles a stage's events: timestamps and throttles them, estimates the time left, writes them and shows them. */
export class RunEvents implements RunWriter {
  readonly folder: string;
  readonly #log: EventLog;
  readonly #sinks: readonly EventSink[];
  readonly #onEvent: () => void;
  readonly #clock: Clock;
  readonly #eta = new EtaEstimator();
  readonly #throttle: ProgressThrottle;
  #memoryDue = 0;

  /**
   * @param onEvent called with each event written (the run's heartbeat)
   * @param logFolder where `events.jsonl` is (default: the run folder)
   */
  constructor(
    folder: string,
    sinks: readonly EventSink[],
    onEvent: () => void,
    clock: Clock = systemClock,
    logFolder = folder,
  ) {
    this.folder = folder;
    this.#log = new EventLog(join(logFolder, RUN_FILES.events));
    this.#sinks = sinks;
    this.#onEvent = onEvent;
    this.#clock = clock;
    this.#throttle = new ProgressThrottle(PROGRESS_INTERVAL_MS, clock, (event) =>
      this.#write(this.#withMemory(event)),
    );
  }

  emit(event: NewRunEvent): void {
    if (event.type === 'progress') {
      this.#throttle.push(this.#withEta(event));
      return;
    }
    if (event.type === 'finished') this.#throttle.flush();
    this.#write(event);
  }

  close(): void {
    this.#throttle.flush();
    this.#log.close();
    for (const sink of this.#sinks) sink.close();
  }

  #withEta(event: NewProgressEvent): NewProgressEvent {
    const etaSeconds = this.#eta.update(event.done, event.total, this.#clock.now());
    return etaSeconds === undefined ? event : { etaSeconds, ...event };
  }

  #withMemory(event: NewProgressEvent): NewProgressEvent {
    const now = this.#clock.now();
    if (now < this.#memoryDue) return event;
    this.#memoryDue = now + MEMORY_INTERVAL_MS;
    // maxRSS is in kibibytes on every platform.
    const peak = process.resourceUsage().maxRSS * 1024;
    const resident = process.memoryUsage.rss();
    return { ...event, memory: { resident, peak: Math.max(peak, resident) } };
  }

  #write(event: NewRunEvent): void {
    const stamped: RunEvent = { ...event, time: Date.now() };
    const line = this.#log.append(stamped);
    // Before anybody is told, who would count on it.
    if (event.type === 'checkpoint' || event.type === 'finished') this.#log.flush();
    for (const sink of this.#sinks) sink.event(stamped, line);
    this.#onEvent();
  }
}

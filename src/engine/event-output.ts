import { dirname } from 'node:path';
import type { WriteStream } from 'node:tty';
import type { ProgressEvent, RunEvent } from '../protocol/events.ts';
import { inertLine, inertText } from '../protocol/inert-text.ts';
import { failureLines } from './exit-codes.ts';
import { formatDuration, progressFigures, progressLine } from './progress-line.ts';
import type { EventSink } from './run-events.ts';

/** Least time between lines about the same work if there is no terminal in which to redraw a line. */
const PLAIN_INTERVAL_MS = 10_000;
/** Least time between lines about different work. */
const PLAIN_CHANGE_INTERVAL_MS = 1_000;
const FALLBACK_COLUMNS = 80;
const CLEAR_LINE = '\r\u001b[2K';

type Color = 'red' | 'yellow' | 'green' | 'dim';
const COLOR_CODES: Record<Color, [number, number]> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  dim: [2, 22],
};

/** Output of `--json`: writes only events to standard output, exactly as they are in `events.jsonl`. */
export class JsonOutput implements EventSink {
  event(_event: RunEvent, line: string): void {
    process.stdout.write(`${line}\n`);
  }

  close(): void {}
}

/** Human-readable output: redraws one line on a terminal, and prints an occasional plain line elsewhere. */
export class HumanOutput implements EventSink {
  readonly #stream: WriteStream;
  readonly #colors: boolean;
  #bar: ProgressEvent | undefined;
  /** Files of prepared pairs that are not reported yet: a project has one per concept. */
  #pairs: string[] = [];
  #lastPlain: { time: number; message: string } | undefined;

  constructor(stream: WriteStream, environment: NodeJS.ProcessEnv) {
    this.#stream = stream;
    // no-color.org: any value except the empty string counts.
    this.#colors = stream.isTTY && !environment.NO_COLOR && environment.TERM !== 'dumb';
  }

  event(event: RunEvent): void {
    if (event.type === 'artifact' && event.kind === 'pairs') {
      this.#pairs.push(event.file);
      return;
    }
    this.#printPairs();
    switch (event.type) {
      case 'started':
        this.#print(`${event.resumed ? 'Resuming' : 'Run'} ${event.runId}`);
        break;
      case 'device':
        this.#print(
          `Computing on ${event.device} (${event.executor}, ${event.threads} threads): ${event.reason}`,
        );
        break;
      case 'stage':
        // The bar belongs to the previous stage.
        this.close();
        this.#print(`\n[${event.index + 1}/${event.total}] ${event.title}`);
        break;
      case 'progress':
        this.#progress(event);
        break;
      case 'log':
        if (event.level === 'info') this.#print(event.message);
        else this.#print(`${event.level}: ${event.message}`, event.level === 'error' ? 'red' : 'yellow');
        break;
      case 'artifact':
        this.#print(`Wrote ${event.file}`, 'dim');
        break;
      case 'finished':
        this.#finished(event);
        break;
      default:
      // Metrics, samples and checkpoints are for the files and the editor.
    }
  }

  close(): void {
    this.#printPairs();
    this.#eraseBar();
    this.#bar = undefined;
  }

  #printPairs(): void {
    const files = this.#pairs;
    if (files.length === 0) return;
    this.#pairs = [];
    const what =
      files.length === 1 ? files[0] : `the pairs of ${files.length} concepts to ${dirname(files[0]!)}`;
    this.#print(`Wrote ${what}`, 'dim');
  }

  #finished(event: Extract<RunEvent, { type: 'finished' }>): void {
    this.close();
    const took = formatDuration(event.seconds);
    if (event.status === 'succeeded') this.#print(`Done in ${took}`, 'green');
    else if (event.status === 'stopped')
      this.#print(`Stopped after ${took}; continue with --resume`, 'yellow');
    else this.#print(failureLines({ message: event.error ?? 'Failed', code: event.code }), 'red');
  }

  #progress(event: ProgressEvent): void {
    if (this.#stream.isTTY && process.env.TERM !== 'dumb') {
      this.#bar = event;
      this.#drawBar();
      return;
    }
    const now = performance.now();
    const last = this.#lastPlain;
    const interval = last?.message === event.message ? PLAIN_INTERVAL_MS : PLAIN_CHANGE_INTERVAL_MS;
    if (last !== undefined && now - last.time < interval && event.done < event.total) return;
    this.#lastPlain = { time: now, message: event.message };
    this.#print(`${event.message}: ${progressFigures(event)}`);
  }

  #print(text: string, color?: Color): void {
    this.#eraseBar();
    this.#stream.write(`${this.#paint(inertText(text), color)}\n`);
    this.#drawBar();
  }

  #paint(text: string, color?: Color): string {
    if (!this.#colors || color === undefined) return text;
    const [on, off] = COLOR_CODES[color];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  }

  #drawBar(): void {
    if (this.#bar === undefined) return;
    // The last column stays free: some terminals wrap as soon as it is written to.
    const columns = (this.#stream.columns || FALLBACK_COLUMNS) - 1;
    this.#stream.write(
      `${CLEAR_LINE}${progressLine({ ...this.#bar, message: inertLine(this.#bar.message) }, columns)}`,
    );
  }

  #eraseBar(): void {
    if (this.#bar !== undefined) this.#stream.write(CLEAR_LINE);
  }
}

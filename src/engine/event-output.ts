import { dirname } from 'node:path';
import type { WriteStream } from 'node:tty';
import type { ProgressEvent, RunEvent } from '../protocol/events.ts';
import { formatDuration, progressFigures, progressLine } from './progress-line.ts';
import type { EventSink } from './run-events.ts';

/** Between lines about the same work where there is no terminal to redraw a line in. */
const PLAIN_INTERVAL_MS = 10_000;
/** Between lines about different work. */
const PLAIN_CHANGE_INTERVAL_MS = 1_000;
const FALLBACK_COLUMNS = 80;
const CLEAR_LINE = '\r\u001b[2K';

type Colour = 'red' | 'yellow' | 'green' | 'dim';
const COLOUR_CODES: Record<Colour, [number, number]> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  dim: [2, 22],
};

/** Where events go under `--json`: standard output, nothing else there, as they stand in `events.jsonl`. */
export class JsonOutput implements EventSink {
  event(_event: RunEvent, line: string): void {
    process.stdout.write(`${line}\n`);
  }

  close(): void {}
}

/** Events for people: on a terminal one line redrawn, elsewhere a plain line now and then. */
export class HumanOutput implements EventSink {
  readonly #stream: WriteStream;
  readonly #colours: boolean;
  #bar: ProgressEvent | undefined;
  /** Files of prepared pairs that were not spoken of yet: a project has one for each concept. */
  #pairs: string[] = [];
  #lastPlain: { time: number; message: string } | undefined;

  constructor(stream: WriteStream, environment: NodeJS.ProcessEnv) {
    this.#stream = stream;
    // no-color.org: any value but the empty one counts.
    this.#colours = stream.isTTY && !environment.NO_COLOR && environment.TERM !== 'dumb';
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
        // The bar belongs to the stage before.
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
    else if (event.status === 'stopped') this.#print(`Stopped after ${took}; go on with --resume`, 'yellow');
    else this.#print(event.error ?? 'Failed', 'red');
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

  #print(text: string, colour?: Colour): void {
    this.#eraseBar();
    this.#stream.write(`${this.#paint(text, colour)}\n`);
    this.#drawBar();
  }

  #paint(text: string, colour?: Colour): string {
    if (!this.#colours || colour === undefined) return text;
    const [on, off] = COLOUR_CODES[colour];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  }

  #drawBar(): void {
    if (this.#bar === undefined) return;
    // The last column stays free: some terminals wrap as soon as it is written to.
    const columns = (this.#stream.columns || FALLBACK_COLUMNS) - 1;
    this.#stream.write(`${CLEAR_LINE}${progressLine(this.#bar, columns)}`);
  }

  #eraseBar(): void {
    if (this.#bar !== undefined) this.#stream.write(CLEAR_LINE);
  }
}

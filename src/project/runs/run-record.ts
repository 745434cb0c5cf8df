import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '../../protocol/events.ts';
import { RUN_FILES, type RunRecord, type RunState } from '../../protocol/run.ts';
import { projectPaths } from '../paths.ts';
import { UserError } from '../user-error.ts';
import { readOwner } from './run-owner.ts';

/** Most bytes of `events.jsonl` that one `RunTail.read` takes in; a file of gigabytes is read in turns. */
const MAX_READ_BYTES = 8 * 1024 * 1024;
/** Numbers of damaged lines that a reader is told; beyond them it is told how many there are. */
const NAMED_LINES = 5;
/** How long a run folder may wait for its first process before the run counts as interrupted. */
const QUEUE_MS = 120_000;
const RECORD_VERSION = 1;

/**
 * `run.json` of a run folder; undefined where the engine has not written it yet.
 * @throws UserError where it is damaged or of another version
 */
export async function readRunRecord(folder: string): Promise<RunRecord | undefined> {
  const file = join(folder, RUN_FILES.record);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    throw new UserError(`${file} is not valid JSON. The run cannot be resumed; delete its folder.`);
  }
  const version =
    typeof record === 'object' && record !== null && 'version' in record ? record.version : undefined;
  if (version !== RECORD_VERSION) {
    throw new UserError(
      `${file} has the format version ${version ?? 'none'}; this program reads ${RECORD_VERSION}. ` +
        'Use the version of the program that made the run.',
    );
  }
  return record as RunRecord;
}

/**
 * Follows `events.jsonl` while it is written. Each `read` goes on where the last one ended, takes only whole lines
 * (the last may be half written) and at most `MAX_READ_BYTES`. Lines that are no event, such as the torn last line
 * of a process that was killed, are counted and left out. Not re-entrant: await one `read` before the next.
 */
export class RunTail {
  readonly #file: string;
  #offset = 0;
  /** Inside a line too long to be an event, until its end is found. */
  #inLongLine = false;
  #lastEvent: RunEvent | undefined;
  /** Lines read to their end. */
  #lines = 0;
  #skippedLines = 0;
  #firstSkipped: number[] = [];
  #behind = false;

  constructor(runFolder: string) {
    this.#file = join(runFolder, RUN_FILES.events);
  }

  /** The last event read so far. */
  get lastEvent(): RunEvent | undefined {
    return this.#lastEvent;
  }

  /** Lines that were no event. */
  get skippedLines(): number {
    return this.#skippedLines;
  }

  /** Numbers, from 1, of the first few of them. */
  get firstSkipped(): readonly number[] {
    return this.#firstSkipped;
  }

  /** True where the last `read` left something for the next. */
  get behind(): boolean {
    return this.#behind;
  }

  /** Events since the last call, in order; none where the file is not there yet. A file that shrank is read again. */
  async read(): Promise<RunEvent[]> {
    let handle: Awaited<ReturnType<typeof open>>;
    try {
      handle = await open(this.#file, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    try {
      const { size } = await handle.stat();
      if (size < this.#offset) {
        this.#offset = 0;
        this.#inLongLine = false;
        this.#lines = 0;
        this.#skippedLines = 0;
        this.#firstSkipped = [];
      }
      const buffer = Buffer.alloc(Math.min(size - this.#offset, MAX_READ_BYTES));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#offset);
      const events = this.#takeLines(buffer.subarray(0, bytesRead));
      this.#behind = bytesRead === MAX_READ_BYTES && this.#offset < size;
      return events;
    } finally {
      await handle.close();
    }
  }

  #takeLines(bytes: Buffer): RunEvent[] {
    let start = 0;
    if (this.#inLongLine) {
      const end = bytes.indexOf(NEWLINE);
      if (end < 0) {
        this.#offset += bytes.length;
        return [];
      }
      start = end + 1;
      this.#inLongLine = false;
    }
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end <= start) {
      if (bytes.length - start < MAX_READ_BYTES) {
        this.#offset += start;
        return [];
      }
      this.#inLongLine = true;
      this.#lines++;
      this.#skip();
      this.#offset += bytes.length;
      return [];
    }
    this.#offset += end;
    const events: RunEvent[] = [];
    // The last line ends with the text: nothing comes after it.
    for (const line of bytes.toString('utf8', start, end - 1).split('\n')) {
      this.#lines++;
      if (line.trim() === '') continue;
      const event = parseEvent(line);
      if (event) events.push(event);
      else this.#skip();
    }
    this.#lastEvent = events.at(-1) ?? this.#lastEvent;
    return events;
  }

  /** Leaves out the line just read. */
  #skip(): void {
    this.#skippedLines++;
    if (this.#firstSkipped.length < NAMED_LINES) this.#firstSkipped.push(this.#lines);
  }
}

const NEWLINE = 0x0a;

function parseEvent(line: string): RunEvent | undefined {
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event !== 'object' || event === null) return undefined;
    const { type, time } = event as Partial<RunEvent>;
    if (typeof type !== 'string' || typeof time !== 'number') return undefined;
    return hasFields(event as RunEvent) ? (event as RunEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** What readers count on in each type of event; types of a later version have nothing to check. */
const FIELDS: {
  readonly [T in RunEvent['type']]?: Readonly<Record<string, 'string' | 'number' | 'object'>>;
} = {
  stage: { index: 'number', total: 'number', title: 'string' },
  device: { device: 'string', reason: 'string' },
  progress: { message: 'string', done: 'number', total: 'number', unit: 'string' },
  metrics: { step: 'number', values: 'object' },
  sample: { step: 'number', file: 'string', label: 'string' },
  log: { level: 'string', message: 'string' },
  artifact: { kind: 'string', file: 'string' },
  finished: { status: 'string', seconds: 'number' },
};

function hasFields(event: RunEvent): boolean {
  const present = event as unknown as Record<string, unknown>;
  return Object.entries(FIELDS[event.type] ?? {}).every(
    ([field, type]) => typeof present[field] === type && present[field] !== null,
  );
}

/**
 * How a run stands: as its last event says where that is `finished`; otherwise running while its process lives
 * (on another machine: while its heartbeat is fresh), and interrupted when that is gone.
 */
export async function deriveRunState(folder: string, lastEvent: RunEvent | undefined): Promise<RunState> {
  if (lastEvent?.type === 'finished') return lastEvent.status;
  const { generation, active } = await readOwner(folder);
  if (active) return 'running';
  if (generation > 0 || lastEvent) return 'interrupted';
  const { mtimeMs } = await stat(folder);
  return Date.now() - mtimeMs < QUEUE_MS ? 'queued' : 'interrupted';
}

export interface RunSummary {
  id: string;
  /** Absolute path of the run folder. */
  folder: string;
  /** Absent until the engine has read the project. */
  record?: RunRecord;
  state: RunState;
}

/** Every run of a project with its state, newest first. A run whose record is damaged is listed without it. */
export async function listRuns(projectFolder: string): Promise<RunSummary[]> {
  const paths = projectPaths(projectFolder);
  const entries = await readdir(paths.runs, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const ids = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    ids
      .sort()
      .reverse()
      .map((id) => summarise(id, paths.run(id))),
  );
}

async function summarise(id: string, folder: string): Promise<RunSummary> {
  const record = await readRunRecord(folder).catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  const tail = new RunTail(folder);
  do await tail.read();
  while (tail.behind);
  return { id, folder, record, state: await deriveRunState(folder, tail.lastEvent) };
}

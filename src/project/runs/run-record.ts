import type { Dirent } from 'node:fs';
import { type FileHandle, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '../../protocol/events.ts';
import { RUN_FILES, type RunRecord, type RunState } from '../../protocol/run.ts';
import { safeParse } from '../../protocol/safe-parse.ts';
import { hashContent } from '../disk/file-hash.ts';
import { namesTaken } from '../disk/passed-over.ts';
import { openRegular, readText } from '../disk/regular-file.ts';
import { projectPaths } from '../paths.ts';
import { systemReason } from '../system-reason.ts';
import { shownMessage, UserError } from '../user-error.ts';
import { readOwner } from './run-owner.ts';
import { hasSucceeded } from './run-result.ts';
import { hasActiveClaim } from './run-units.ts';

/** Maximum number of bytes of `events.jsonl` that one `RunTail.read` reads; larger files take several reads. */
const MAX_READ_BYTES = 8 * 1024 * 1024;
/** How many damaged lines are listed by number; of further ones, only the count is known. */
const NAMED_LINES = 5;
/** How long a run folder may wait for its first process before the run counts as interrupted, in milliseconds. */
const QUEUE_MS = 120_000;
const RECORD_VERSION = 1;

/**
 * Reads `run.json` of a run folder; undefined if the engine has not written it yet.
 * @throws UserError if it is damaged or has another version
 */
export async function readRunRecord(folder: string): Promise<RunRecord | undefined> {
  const file = join(folder, RUN_FILES.record);
  let text: string;
  try {
    text = await readText(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    throw new UserError(
      'damaged-run',
      `${file} is not valid JSON. The run cannot be resumed; delete its folder.`,
    );
  }
  const version =
    typeof record === 'object' && record !== null && 'version' in record ? record.version : undefined;
  if (version !== RECORD_VERSION) {
    throw new UserError(
      'other-version',
      `${file} has the format version ${version ?? 'none'}, but this program reads version ${RECORD_VERSION}. ` +
        'Use the version of the program that wrote the run.',
    );
  }
  // The extension lists runs as soon as the editor starts, when the schema library is not loaded yet.
  const { recordSchema } = await import('./run-schemas.ts');
  const read = safeParse(recordSchema, record);
  if (!read.success) {
    const key = read.error.issues[0]!.path.join('.');
    throw new UserError(
      'damaged-run',
      `${file} is damaged (${key}). The run cannot be resumed; delete its folder.`,
    );
  }
  const { checksum, ...sealed } = record as RunRecord;
  if ((checksum !== undefined || sealed.concepts !== undefined) && checksum !== checksumOf(sealed)) {
    throw new UserError(
      'damaged-run',
      `${file} is damaged: its content does not match its checksum. The run cannot be resumed; delete its folder.`,
    );
  }
  return record as RunRecord;
}

/** The record with a checksum of its content: a damaged one would resume another run than was begun. */
export function sealRecord(record: Omit<RunRecord, 'checksum'>): RunRecord {
  return { ...record, checksum: checksumOf(record) };
}

const checksumOf = (record: Omit<RunRecord, 'checksum'>) => hashContent(JSON.stringify(record));

/**
 * Follows `events.jsonl` while it is being written. Each `read` continues where the last one ended, and takes only whole
 * lines (the last one may be half written) and at most `MAX_READ_BYTES`. Lines that are not events, such as the torn last
 * line of a process that was killed, are counted and left out. It is not reentrant: await one `read` before the next.
 */
export class RunTail {
  readonly #file: string;
  #offset = 0;
  /** True while inside a line that is too long to be an event. */
  #inLongLine = false;
  #lastEvent: RunEvent | undefined;
  /** Number of lines that were read to their end. */
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

  /** Number of lines that were not events. */
  get skippedLines(): number {
    return this.#skippedLines;
  }

  /** Line numbers, from 1, of the first few of them. */
  get firstSkipped(): readonly number[] {
    return this.#firstSkipped;
  }

  /** True if the last `read` left something for the next one. */
  get behind(): boolean {
    return this.#behind;
  }

  /** Events since the last call, in order; none if the file does not exist yet. A file that shrank is read again. */
  async read(): Promise<RunEvent[]> {
    let handle: FileHandle;
    try {
      handle = await openRegular(this.#file);
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
    // The text ends with the last line, without a line break.
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

  /** Leaves out the line that was just read. */
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

/** The fields that readers rely on in each type of event. Types of later versions are not checked. */
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
 * The state of a run. If its last event is `finished`, the event has the state. Otherwise it is running while its process,
 * or one that has taken a unit of it, lives (on another machine: while its heartbeat is recent). After that it has succeeded if its result says so, because a
 * process can be killed between its result and its last event; if not, it is interrupted.
 * @throws UserError if the result is damaged
 */
export async function deriveRunState(folder: string, lastEvent: RunEvent | undefined): Promise<RunState> {
  if (lastEvent?.type === 'finished') return lastEvent.status;
  const { generation, active } = await readOwner(folder);
  if (active || (await hasActiveClaim(folder))) return 'running';
  if (await hasSucceeded(folder)) return 'succeeded';
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
  /** What is wrong with the folder, with the file and what to do; such a run cannot be resumed. */
  damage?: string;
}

/** The names of the entries of a `runs` folder that are folders of runs: not those of systems, such as `.DS_Store`. */
export function runIds(entries: readonly Dirent[]): string[] {
  return namesTaken(entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name));
}

/** Every run of a project with its state, newest first. A damaged one is listed, too. */
export async function listRuns(projectFolder: string): Promise<RunSummary[]> {
  const paths = projectPaths(projectFolder);
  const entries = await readdir(paths.runs, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return Promise.all(
    runIds(entries)
      .sort()
      .reverse()
      .map((id) => summarize(id, paths.run(id))),
  );
}

async function summarize(id: string, folder: string): Promise<RunSummary> {
  const damage: string[] = [];
  const unlessDamaged = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      damage.push(damageText(folder, error));
      return undefined;
    }
  };
  const record = await unlessDamaged(() => readRunRecord(folder));
  const tail = new RunTail(folder);
  await unlessDamaged(async () => {
    do await tail.read();
    while (tail.behind);
  });
  const owner = await unlessDamaged(() => readOwner(folder));
  if (owner?.damage !== undefined) damage.push(owner.damage);
  const state = (await unlessDamaged(() => deriveRunState(folder, tail.lastEvent))) ?? 'interrupted';
  return { id, folder, record, state, ...(damage.length > 0 && { damage: damage[0] }) };
}

function damageText(folder: string, error: unknown): string {
  if (error instanceof UserError) return shownMessage(error);
  const { code, path = folder } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return `${path}: ${systemReason(error)}`;
}

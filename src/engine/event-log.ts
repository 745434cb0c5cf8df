import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { withPath } from '../project/disk/write-whole.ts';
import type { RunEvent } from '../protocol/events.ts';

const NEWLINE = 0x0a;

/**
 * The `events.jsonl` of a run. Each event is one line, appended in a single write, so that readers never see half a
 * line, not even if this process crashes. A crash of the machine can leave half a line, which opening removes.
 */
export class EventLog {
  readonly #path: string;
  readonly #descriptor: number;

  constructor(path: string) {
    this.#path = path;
    // O_APPEND: every write goes to the end, wherever a reader or a truncation has put it.
    this.#descriptor = openSync(path, 'a+');
    this.#dropHalfLine();
  }

  /**
   * @returns the line as written, without its line feed
   * @throws the file system's error, with the file's path
   */
  append(event: RunEvent): string {
    const line = JSON.stringify(event);
    const bytes = Buffer.from(`${line}\n`);
    try {
      const written = writeSync(this.#descriptor, bytes);
      // Only a full disk writes less than it was given.
      if (written < bytes.length) throw Object.assign(new Error('a line was cut off'), { code: 'ENOSPC' });
    } catch (error) {
      // The part of the line that was written would corrupt the next one.
      this.#dropHalfLine();
      throw withPath(error, this.#path);
    }
    return line;
  }

  /**
   * Flushes everything appended so far to the disk.
   * @throws the file system's error, with the file's path
   */
  flush(): void {
    try {
      fsyncSync(this.#descriptor);
    } catch (error) {
      throw withPath(error, this.#path);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #dropHalfLine(): void {
    let end = fstatSync(this.#descriptor).size;
    const chunk = Buffer.alloc(4096);
    while (end > 0) {
      const start = Math.max(0, end - chunk.length);
      const length = readSync(this.#descriptor, chunk, 0, end - start, start);
      const newline = chunk.subarray(0, length).lastIndexOf(NEWLINE);
      if (newline >= 0) {
        end = start + newline + 1;
        break;
      }
      end = start;
    }
    if (end < fstatSync(this.#descriptor).size) ftruncateSync(this.#descriptor, end);
  }
}

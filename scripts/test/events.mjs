import { appendFileSync, closeSync, existsSync, openSync, readSync } from 'node:fs';

/** Environment variable with the file that a suite's tests report to, inherited by everything that the suite starts. */
export const eventsVariable = 'DNW_TEST_EVENTS';

/** Appends one line synchronously: a report survives even if the next statement never returns. */
export function writeEvent(file, event) {
  appendFileSync(file, `${JSON.stringify(event)}\n`);
}

/** Text of a test's errors in reports. */
export function errorText(errors) {
  return errors.map(({ stack, message }) => stack ?? message).join('\n\n');
}

/** Reads what has been appended to an event file since the last call. */
export class EventReader {
  #file;
  #offset = 0;
  #rest = '';

  constructor(file) {
    this.#file = file;
  }

  /** @returns {import('./events.d.mts').TestEvent[]} */
  next() {
    if (!existsSync(this.#file)) return [];
    const handle = openSync(this.#file, 'r');
    const buffer = Buffer.alloc(1 << 16);
    const chunks = [];
    try {
      for (;;) {
        const count = readSync(handle, buffer, 0, buffer.length, this.#offset);
        if (count === 0) break;
        chunks.push(Buffer.from(buffer.subarray(0, count)));
        this.#offset += count;
      }
    } finally {
      closeSync(handle);
    }
    if (chunks.length === 0) return [];
    // Only whole lines are decoded: a character may be split at the end.
    const bytes = Buffer.concat([Buffer.from(this.#rest, 'latin1'), ...chunks]);
    const end = bytes.lastIndexOf('\n') + 1;
    this.#rest = bytes.subarray(end).toString('latin1');
    const lines = bytes.subarray(0, end).toString('utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  }
}

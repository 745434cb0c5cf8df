/**
 * One line of the file to which a running suite reports. Titles start with the names of their groups. A test that is
 * reported with an `id` counts once, with its last result.
 */
export type TestEvent =
  /** How many files or tests will run, as far as that is known at the start. */
  | { type: 'planned'; files?: number; tests?: number }
  /** A file is being loaded. */
  | { type: 'opened'; file: string }
  | { type: 'started'; id?: string; file: string; title: string }
  | { type: 'passed'; id?: string; file: string; title: string; ms?: number }
  | { type: 'failed'; id?: string; file: string; title: string; error: string }
  | { type: 'skipped'; id?: string; file: string; title: string }
  /** All tests of a file have ended. */
  | { type: 'closed'; file: string }
  /** The suite has ended by itself. */
  | { type: 'finished' };
export const eventsVariable: string;
export function writeEvent(file: string, event: TestEvent): void;
export function errorText(errors: readonly { stack?: string; message: string }[]): string;
export class EventReader {
  constructor(file: string);
  next(): TestEvent[];
}

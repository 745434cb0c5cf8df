/**
 * One line of the file that a suite reports to while it runs. Titles have their groups before them. A test that is
 * reported with an `id` counts once, by what is said of it last.
 */
export type TestEvent =
  /** How many files will run, or how many tests, as far as that is known at the start. */
  | { type: 'planned'; files?: number; tests?: number }
  /** A file is being loaded. */
  | { type: 'opened'; file: string }
  | { type: 'started'; id?: string; file: string; title: string }
  | { type: 'passed'; id?: string; file: string; title: string; ms?: number }
  | { type: 'failed'; id?: string; file: string; title: string; error: string }
  | { type: 'skipped'; id?: string; file: string; title: string }
  /** All tests of a file are behind it. */
  | { type: 'closed'; file: string }
  /** The suite has come to its end by itself. */
  | { type: 'finished' };
export const eventsVariable: string;
export function writeEvent(file: string, event: TestEvent): void;
export function errorText(errors: readonly { stack?: string; message: string }[]): string;
export class EventReader {
  constructor(file: string);
  next(): TestEvent[];
}

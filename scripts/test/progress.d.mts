import type { Counts } from './counts.d.mts';
import type { TestEvent } from './events.d.mts';

/** Durations of a complete run of a suite. */
export interface RememberedSuite {
  seconds: number;
  files: Record<string, { tests: number; ms: number }>;
}

export function inWords(milliseconds: number): string;
export class Progress {
  constructor(name: string, remembered: RememberedSuite | undefined, now: number);
  readonly counts: Counts;
  readonly failures: Extract<TestEvent, { type: 'failed' }>[];
  readonly finished: boolean;
  silence(now: number): number;
  add(event: TestEvent, now: number): void;
  running(now: number): string[];
  left(now: number): number | undefined;
  line(now: number): string;
  toRemember(now: number): RememberedSuite;
}

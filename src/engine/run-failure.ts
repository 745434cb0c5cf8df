import { inertText } from '../protocol/inert-text.ts';
import { describeError, failureLines } from './exit-codes.ts';
import type { RunEvents } from './run-events.ts';

/**
 * Ends the log of a process's work on a run with what went wrong, and shows it.
 * @param json whether events go to standard output as JSON, where people do not look
 */
export function tellFailure(events: RunEvents, error: unknown, seconds: number, json: boolean): void {
  const description = describeError(error, { inRun: true });
  const { message, code } = description;
  let shown = !json;
  try {
    events.emit({ type: 'finished', status: 'failed', seconds, error: message, code });
  } catch {
    // The log cannot take it, most likely for the same reason: a full disk.
    shown = false;
  }
  if (!shown) process.stderr.write(`${inertText(failureLines(description))}\n`);
}

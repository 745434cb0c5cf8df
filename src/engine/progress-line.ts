import type { ProgressEvent } from '../protocol/events.ts';
import { fitWidth, textWidth } from './text-width.ts';

const BAR_WIDTH = 24;
const SHORTEST_MESSAGE = 12;

/** `1 h 05 min`, `2 min 30 s`, `45 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  const two = (value: number) => String(value).padStart(2, '0');
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  if (minutes > 0) return `${minutes} min ${two(rest)} s`;
  return `${rest} s`;
}

/**
 * One line for the state of a stage, at most `columns` wide. In a narrow terminal, first the bar is left out,
 * then the message is truncated.
 */
export function progressLine(event: ProgressEvent, columns: number): string {
  const share = event.total > 0 ? Math.min(1, Math.max(0, event.done / event.total)) : 0;
  const filled = Math.round(share * BAR_WIDTH);
  const bar = `[${'='.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}]`;
  const figures = `${String(Math.floor(share * 100)).padStart(3)} % ${progressFigures(event)}`;
  const withBar = `${bar} ${figures}`;
  const tail = columns - textWidth(withBar) > SHORTEST_MESSAGE ? withBar : figures;
  const room = columns - textWidth(tail) - 1;
  return room > 0 ? `${fitWidth(event.message, room)} ${tail}` : fitWidth(figures, columns);
}

/** `120 of 240 steps, 1 min 20 s left`. */
export function progressFigures(event: ProgressEvent): string {
  const left = event.etaSeconds === undefined ? '' : `, ${formatDuration(event.etaSeconds)} left`;
  return `${event.done} of ${event.total} ${event.unit}${left}`;
}

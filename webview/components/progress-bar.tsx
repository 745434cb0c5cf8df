import type { JSX } from 'preact';

/** A native progress element: known to assistive technology, and drawn without inline styles. */
export function ProgressBar({
  done,
  total,
  label,
}: {
  done: number;
  total: number;
  label: string;
}): JSX.Element {
  return <progress class="progress-bar" max={Math.max(total, 1)} value={done} aria-label={label} />;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const;

/** A size such as "1.4 MiB", in the largest unit that keeps the number at 1 or above. */
export function formatSize(bytes: number): string {
  const unit = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** unit;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Numbers and times in readable form, in the English locale like the whole interface. */

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** An integer with separators: 90304 → "90,304". */
export function formatCount(value: number): string {
  return COUNT.format(value);
}

/**
 * A number with three significant digits, in powers of ten only where plain digits would be long: "0.0213", "1.2e-6".
 */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : 'n/a';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size >= 1e-4 && size < 1e6
      ? size >= 1000
        ? COUNT.format(value)
        : String(Number(value.toPrecision(3)))
      : value.toExponential(1);
  return text.replace('-', '−').replace('e−', 'e-').replace('e+', 'e');
}

/** A number that always has a sign: "+1.3", "−0.2". */
export function formatSigned(value: number): string {
  return value > 0 ? `+${formatNumber(value)}` : formatNumber(value);
}

/** A size in binary units: 1536 → "1.5 KiB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${units[power - 1]}`;
}

/** A share in percent: 0.125 → "12.5 %". Only exactly all or nothing is shown as 100 % or 0 %. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %';
  if (share < 1 && share > 0.999) return '> 99.9 %';
  return `${Number((100 * share).toFixed(1))} %`;
}

/** Seconds as "43 s", "2 min 5 s", "3 h 20 min"; below ten seconds with one decimal. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const DAY_AND_CLOCK = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

const SHORT_MOMENT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** Time of day of milliseconds since the Unix epoch. */
export function formatClock(time: number): string {
  return CLOCK.format(time);
}

/** Day and time of milliseconds since the Unix epoch. */
export function formatMoment(time: number): string {
  return DAY_AND_CLOCK.format(time);
}

/** "24 Nov, 09:30", of milliseconds since the Unix epoch. */
export function formatShortMoment(time: number): string {
  return SHORT_MOMENT.format(time);
}

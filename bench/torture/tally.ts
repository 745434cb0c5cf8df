/** What one campaign did and found. */
export interface Tally {
  readonly campaign: string;
  /** Number of things tried: kills, full disks, files, messages. */
  readonly tried: number;
  /** Further counts for the summary, by what they count. */
  readonly counts: Readonly<Record<string, number>>;
  /** What is wrong, with how to repeat it. */
  readonly faults: readonly string[];
  /** Why nothing was tried; such a campaign has not passed. */
  readonly notRun?: string;
}

/** `passed`, `FAILED` or `not run`. */
export function verdict({ tried, faults, notRun }: Tally): string {
  if (notRun !== undefined) return 'not run';
  return faults.length === 0 && tried > 0 ? 'passed' : 'FAILED';
}

/** A Markdown table with one row per campaign. */
export function summaryTable(tallies: readonly Tally[]): string {
  const rows = tallies.map((tally) => [
    tally.campaign,
    String(tally.tried),
    Object.entries(tally.counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ') || '–',
    String(tally.faults.length),
    tally.notRun === undefined ? verdict(tally) : `not run: ${tally.notRun}`,
  ]);
  const table = [
    ['campaign', 'tried', 'of which', 'faults', 'verdict'],
    ['---', '---:', '---', '---:', '---'],
    ...rows,
  ];
  return table.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

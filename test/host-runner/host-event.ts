/** One line of the file in which the extension host's suites report to their runner. */
export type HostEvent =
  | { type: 'passed'; title: string; ms: number }
  | { type: 'failed'; title: string; error: string }
  | { type: 'finished' };

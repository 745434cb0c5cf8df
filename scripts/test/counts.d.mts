export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}
export function settle(counts: Counts, succeeded: boolean): Counts;

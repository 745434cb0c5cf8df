export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}
export function settle(counts: Counts, succeeded: boolean): Counts;
export function readVitestReport(file: string): Counts;
export function readHostReport(file: string): Counts;

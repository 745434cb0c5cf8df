export interface Verdict {
  /** `not-asked`: the registry gave no report, so that nothing is known. */
  kind: 'clean' | 'open' | 'not-asked';
  lines: string[];
}

export function judge(answer: string, exceptions: Record<string, string>): Verdict;

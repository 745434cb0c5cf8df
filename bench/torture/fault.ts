/** Environment variable that tells the failing file layer what to do. */
export const FAULT_VARIABLE = 'DNW_TORTURE_FAULT';

/** What the failing file layer (`fault-layer.ts`) does. Calls that change the disk count from 1. */
export type Fault =
  | { readonly kind: 'none' }
  /** Writes the numbers of calls to a file when the process ends. */
  | { readonly kind: 'count'; readonly report: string }
  /** Kills the process before a call, after it, or when it has written half. */
  | { readonly kind: 'kill'; readonly at: number; readonly when: 'before' | 'half' | 'after' }
  /** The disk is full from that call on; only calls that need space count. */
  | { readonly kind: 'full'; readonly at: number };

/** Number of a process's calls that change the disk, and of those among them that need space. */
export interface CountedCalls {
  calls: number;
  ofSpace: number;
}

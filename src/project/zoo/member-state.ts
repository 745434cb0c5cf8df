/** Why a member no longer is what a training would make now. */
export type StaleReason =
  | { readonly what: 'prompt' | 'pairs' }
  | { readonly what: 'images'; readonly was: number; readonly now: number }
  | { readonly what: 'setting'; readonly key: string; readonly was: string; readonly now: string };

/** How a member stands: `unrecorded` was written by a version that did not note all of its inputs. */
export type MemberState =
  | { readonly state: 'missing' | 'current' | 'unrecorded' }
  | { readonly state: 'stale'; readonly reasons: readonly StaleReason[] };

/** Whether a member is to be collected (again). */
export function isWanting({ state }: MemberState): boolean {
  return state === 'missing' || state === 'stale';
}

/** What has changed in a concept since something was trained on it. */
export type ConceptChange =
  | { readonly what: 'prompt' | 'pairs' }
  | { readonly what: 'images'; readonly was: number; readonly now: number };

/** Why a member differs from what a training would make now. */
export type StaleReason =
  | ConceptChange
  | { readonly what: 'setting'; readonly key: string; readonly was: string; readonly now: string };

/** The state of a member. An `unrecorded` one was written by a version that did not record all of its inputs. */
export type MemberState =
  | { readonly state: 'missing' | 'current' | 'unrecorded' }
  | { readonly state: 'stale'; readonly reasons: readonly StaleReason[] };

/** True if a member has to be collected (again). */
export function isWanting({ state }: MemberState): boolean {
  return state === 'missing' || state === 'stale';
}

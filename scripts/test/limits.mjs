const minute = 60_000;

/** Limit of one test or hook: several times what it needs on a busy machine. */
export const testLimitMs = 4 * minute;

/** Limit of the few tests that train the networks of a whole preset. */
export const longLimitMs = 2 * testLimitMs;

/**
 * How long a suite may go without a test that begins or ends before it counts as hanging. Longer than the limit of any
 * test, which lets the suite go on to the next one.
 */
export const silenceLimitMs = longLimitMs + minute;

/** Limit of one program that reports no progress: bundler, linters, compiler. */
export const programLimitMs = 15 * minute;

/** Limit of the campaigns of the suite `torture`, which take ten minutes on a free machine. */
export const tortureLimitMs = 40 * minute;

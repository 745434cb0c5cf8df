const minute = 60_000;

/** What one test, or one hook, may take: several times what it needs on a machine that is busy with other things. */
export const testLimitMs = 4 * minute;

/** The same for the few that train the networks of a whole preset. */
export const longLimitMs = 2 * testLimitMs;

/**
 * How long a suite may go without a test that begins or ends before it counts as hanging. Longer than any limit of a
 * test: what that limit can end goes on to the next test.
 */
export const silenceLimitMs = longLimitMs + minute;

/** What one program may take that says nothing on its way: bundler, linters, compiler. */
export const programLimitMs = 15 * minute;

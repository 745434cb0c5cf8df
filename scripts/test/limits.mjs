const minute = 60_000;

/** What one test, or one hook, may take: several times what it needs on a machine that is busy with other things. */
export const testLimitMs = 4 * minute;

/**
 * How long a suite may go without a test that begins or ends before it counts as hanging. Longer than the limit of a
 * test: what that limit can end goes on to the next test.
 */
export const silenceLimitMs = testLimitMs + minute;

/** What one program may take that says nothing on its way: bundler, linters, compiler. */
export const programLimitMs = 15 * minute;

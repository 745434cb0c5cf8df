/** What one step of a scenario may take, on a machine that does other things too. */
export const stepLimitMs = 120_000;

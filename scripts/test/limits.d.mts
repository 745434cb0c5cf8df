export const testLimitMs: number;
export const silenceLimitMs: number;
export const programLimitMs: number;

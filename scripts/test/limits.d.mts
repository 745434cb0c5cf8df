export const testLimitMs: number;
export const longLimitMs: number;
export const silenceLimitMs: number;
export const programLimitMs: number;
export const tortureLimitMs: number;

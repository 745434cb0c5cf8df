import { describe, expect, it } from 'vitest';
import { settle } from '../../scripts/test/counts.mjs';

describe('the counts of a suite', () => {
  it('stand as they are where the suite passed', () => {
    expect(settle({ passed: 3, failed: 0, skipped: 1 }, true)).toEqual({ passed: 3, failed: 0, skipped: 1 });
  });

  it('stand as they are where tests failed', () => {
    expect(settle({ passed: 3, failed: 2, skipped: 0 }, false)).toEqual({ passed: 3, failed: 2, skipped: 0 });
  });

  it('have a failure where the suite crashed after its tests passed', () => {
    expect(settle({ passed: 3, failed: 0, skipped: 0 }, false).failed).toBe(1);
  });

  it('have a failure where nothing ran, whatever the exit status', () => {
    expect(settle({ passed: 0, failed: 0, skipped: 0 }, true).failed).toBe(1);
    expect(settle({ passed: 0, failed: 0, skipped: 4 }, true).failed).toBe(1);
  });
});

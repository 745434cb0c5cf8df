import { describe, expect, it } from 'vitest';

describe('a runner', () => {
  it('lives', () => expect(process.ppid).toBeGreaterThan(1));
  it('is killed by a test', () => {
    process.kill(process.ppid, 'SIGKILL');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
});

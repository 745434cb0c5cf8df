import type { MakeSubject } from './subject.ts';

/** A reader with one fault of each kind, at known indices: a campaign that does not count them is worth nothing. */
export const FAULTS_AT = { message: 2, crash: 4, hang: 6, slow: 8, memory: 10 };

const kept: Uint8Array[] = [];

export const faultySubject: MakeSubject = async () => ({
  read: async (_random, index) => {
    if (index === FAULTS_AT.message) return { accepted: false, faults: ['an error says nothing'] };
    if (index === FAULTS_AT.crash) process.abort();
    if (index === FAULTS_AT.hang) await new Promise(() => setInterval(() => {}, 1000));
    if (index === FAULTS_AT.slow) {
      const begun = process.cpuUsage();
      while (process.cpuUsage(begun).user < 5_000_000);
    }
    if (index === FAULTS_AT.memory) kept.push(new Uint8Array(400 * 2 ** 20).fill(1));
    return { accepted: true, faults: [] };
  },
});

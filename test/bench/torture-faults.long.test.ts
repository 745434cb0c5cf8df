import { expect, test } from 'vitest';
import { damageCampaign } from '../../bench/torture/damage.ts';
import { FAULTS_AT } from '../../bench/torture/faulty-subject.ts';
import { verdict } from '../../bench/torture/tally.ts';
import { Engine } from '../engine/engine-process.ts';
import { temporaryFolder } from '../temporary-folders.ts';

test('a reader with one fault of each kind has all of them counted, and is read to the end', async () => {
  const worker = await Engine.build('bench/torture/damage-worker.ts');
  const tally = await damageCampaign({
    subject: 'faulty',
    inputs: 14,
    seed: 5,
    scratch: temporaryFolder(),
    say: () => {},
    worker: worker.program,
    // Several times what the slow one takes where the processors are busy.
    hangMs: 30_000,
    // Between what the slow one takes and what a slow machine needs for the memory of another.
    mostCpuSeconds: 3,
  });
  expect(tally).toMatchObject({ tried: 14, counts: { crashes: 1, hangs: 1, 'over 2 s': 1, accepted: 11 } });
  expect(tally.faults).toEqual([
    expect.stringMatching(new RegExp(`^seed 5, faulty ${FAULTS_AT.message}: an error says nothing`)),
    expect.stringMatching(new RegExp(`^seed 5, faulty ${FAULTS_AT.crash}: crashed: SIGABRT`)),
    expect.stringMatching(new RegExp(`^seed 5, faulty ${FAULTS_AT.hang}: did not end`)),
    expect.stringMatching(new RegExp(`^seed 5, faulty ${FAULTS_AT.slow}: took \\d+[.]\\d s`)),
    expect.stringMatching(new RegExp(`^seed 5, faulty ${FAULTS_AT.memory}: memory is 4\\d\\d MiB above`)),
  ]);
  expect(verdict(tally)).toBe('FAILED');
});

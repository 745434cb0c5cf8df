import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Claim, RunUnits } from '../../src/pipeline/run-units.ts';
import { hasActiveClaim } from '../../src/project/runs/run-units.ts';
import { UserError } from '../../src/project/user-error.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const schema = z.object({ value: z.number() });

let run: string;
let units: RunUnits<{ value: number }>;

beforeEach(async () => {
  run = temporaryFolder();
  units = await RunUnits.divide(run, ['fog', 'snow', 'a.b'], schema);
});

/** The units as another process sees them. */
const another = async () => (await RunUnits.open(run, schema))!;
const taken = async (from: RunUnits<{ value: number }>) => (await from.claim())!;
const unexpected = new UserError('unreadable', 'a picture is gone.');

/** Has a process hold a unit that was killed on another machine or on this one. */
function holdAsDead(unit: string, host: string, silentSince?: Date): void {
  const folder = join(run, 'units', 'claims', unit);
  mkdirSync(folder, { recursive: true });
  // No process has this id: it is above what systems give.
  const file = join(folder, 'owner-1.json');
  writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, host }));
  if (silentSince) utimesSync(file, silentSince, silentSince);
}

describe('units of a run', () => {
  test('are taken in order, each by one process only', async () => {
    const other = await another();
    expect((await taken(units)).unit).toBe('fog');
    expect((await taken(other)).unit).toBe('snow');
    expect((await taken(units)).unit).toBe('a.b');
    expect(await other.claim()).toBeUndefined();
    expect(other.left).toEqual(['fog', 'snow', 'a.b']);
    expect(await hasActiveClaim(run)).toBe(true);
  });

  test('that many processes want at once are taken once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, another));
    const claims = await Promise.all(all.map((process) => process.claim()));
    expect(claims.flatMap((claim) => claim?.unit ?? []).sort()).toEqual(['a.b', 'fog', 'snow']);
  });

  test('are done when their result is published, which others learn of once', async () => {
    const other = await another();
    await units.finish(await taken(units), { value: 1 });
    expect(units.takeNews()).toEqual([]);
    expect([...units.done]).toEqual([['fog', { value: 1 }]]);
    await other.refresh();
    expect(other.takeNews()).toEqual([['fog', { value: 1 }]]);
    expect(other.takeNews()).toEqual([]);
    expect(other.left).toEqual(['snow', 'a.b']);
    expect(readdirSync(join(run, 'units', 'claims'))).toEqual([]);
    expect(await hasActiveClaim(run)).toBe(false);
  });

  test('keep the result that was published first', async () => {
    const other = await another();
    const claim = await taken(units);
    other.publish(claim.unit, { value: 1 });
    await units.finish(claim, { value: 2 });
    expect([...(await another()).done]).toEqual([['fog', { value: 1 }]]);
  });

  test('are not taken from a process that finished them after they were listed', async () => {
    const other = await another();
    expect(other.left).toContain('fog');
    await units.finish(await taken(units), { value: 1 });
    expect((await taken(other)).unit).toBe('snow');
  });

  test('that were given back go on with another process', async () => {
    const other = await another();
    const claim = await taken(units);
    expect(claim.isTakenOver).toBe(false);
    units.giveBack(claim);
    expect(await taken(other)).toMatchObject({ unit: 'fog', isTakenOver: true });
  });

  test('are taken over from a process that has died', async () => {
    holdAsDead('fog', hostname());
    expect(await taken(units)).toMatchObject({ unit: 'fog', isTakenOver: true });
  });

  test('are taken over from a machine that has been silent for minutes, not from one that is not', async () => {
    holdAsDead('fog', 'elsewhere');
    holdAsDead('snow', 'elsewhere', new Date(Date.now() - 200_000));
    expect(await taken(units)).toMatchObject({ unit: 'snow', isTakenOver: true });
    expect((await taken(units)).unit).toBe('a.b');
    expect(await units.claim()).toBeUndefined();
  });
});

describe('a unit that fails', () => {
  const failNext = async (error = unexpected): Promise<Claim> => {
    const claim = await taken(units);
    await units.fail(claim, error);
    return claim;
  };

  test('is tried again after the others, and given up after three times', async () => {
    expect((await failNext()).unit).toBe('fog');
    expect(units.left).toEqual(['snow', 'a.b', 'fog']);
    await units.finish(await taken(units), { value: 1 });
    await units.finish(await taken(units), { value: 2 });
    const other = await another();
    expect((await failNext()).unit).toBe('fog');
    expect((await failNext()).unit).toBe('fog');
    for (const process of [units, other]) {
      await process.refresh();
      expect(process.left).toEqual([]);
      expect([...process.setAside]).toEqual([
        ['fog', { message: 'a picture is gone.', host: hostname(), lasting: false }],
      ]);
    }
  });

  test('for a reason that stays is given up at once', async () => {
    await failNext(new UserError('diverged', 'a loss became NaN.'));
    expect([...units.setAside.keys()]).toEqual(['fog']);
    expect(units.left).toEqual(['snow', 'a.b']);
  });

  test('is tried again once its failures are forgotten', async () => {
    await failNext(new UserError('diverged', 'a loss became NaN.'));
    await units.forgetFailures();
    expect(units.left).toEqual(['fog', 'snow', 'a.b']);
    expect((await taken(units)).unit).toBe('fog');
  });
});

test('a run that was not divided has no units', async () => {
  expect(await RunUnits.open(temporaryFolder(), schema)).toBeUndefined();
});

test('a run that is divided again begins anew', async () => {
  await units.finish(await taken(units), { value: 1 });
  const again = await RunUnits.divide(run, ['fog'], schema);
  expect(again.left).toEqual(['fog']);
});

test('a damaged result is refused, with the way out', async () => {
  await units.finish(await taken(units), { value: 1 });
  const file = join(run, 'units', 'done', 'fog.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('1}', '2}'));
  await expect(another()).rejects.toThrow(`${file}: damaged. Delete it and resume: fog is then done again.`);
});

test('what a process that was killed has left of a finished unit is removed', async () => {
  units.publish('fog', { value: 1 });
  holdAsDead('fog', hostname());
  await units.tidy();
  expect(existsSync(join(run, 'units', 'claims', 'fog'))).toBe(false);
});

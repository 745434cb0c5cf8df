import { appendFile, truncate, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOwner } from '../../src/project/runs/run-owner.ts';
import {
  deriveRunState,
  listRuns,
  RunTail,
  readRunRecord,
  sealRecord,
} from '../../src/project/runs/run-record.ts';
import { UserError } from '../../src/project/user-error.ts';
import type { RunEvent } from '../../src/protocol/events.ts';
import type { RunRecord } from '../../src/protocol/run.ts';
import { temporaryProject } from './temporary-project.ts';

const log = (message: string): RunEvent => ({ type: 'log', time: 1, level: 'info', message });
const line = (event: RunEvent) => `${JSON.stringify(event)}\n`;
const finished = (status: 'succeeded' | 'failed' | 'stopped'): RunEvent => ({
  type: 'finished',
  time: 2,
  status,
  seconds: 1,
});
const messages = (events: RunEvent[]) =>
  events.map((event) => (event.type === 'log' ? event.message : event.type));

async function runFolder(events: string): Promise<{ folder: string; file: string; tail: RunTail }> {
  const folder = await temporaryProject({ 'events.jsonl': events });
  return { folder, file: join(folder, 'events.jsonl'), tail: new RunTail(folder) };
}

describe('following events', () => {
  it('goes on where the last reading ended', async () => {
    const { file, tail } = await runFolder(line(log('one')));
    expect(messages(await tail.read())).toEqual(['one']);
    expect(await tail.read()).toEqual([]);
    await appendFile(file, line(log('two')) + line(log('three')));
    expect(messages(await tail.read())).toEqual(['two', 'three']);
    expect(tail.lastEvent).toEqual(log('three'));
  });

  it('waits for the rest of a half-written line, also inside a character', async () => {
    const { file, tail } = await runFolder(line(log('one')));
    const bytes = Buffer.from(line(log('zwei – drei')));
    const middle = bytes.indexOf('–') + 1;
    await appendFile(file, bytes.subarray(0, middle));
    expect(messages(await tail.read())).toEqual(['one']);
    await appendFile(file, bytes.subarray(middle));
    expect(messages(await tail.read())).toEqual(['zwei – drei']);
  });

  it('leaves out lines that are no event and counts them', async () => {
    const { tail } = await runFolder(`{"type":"lo\n\n[1]\n${line(log('one'))}{"type":"log"}\n`);
    expect(messages(await tail.read())).toEqual(['one']);
    expect(tail.skippedLines).toBe(3);
  });

  it('names the first damaged lines as an editor numbers them, over several readings', async () => {
    const { file, tail } = await runFolder(`${line(log('one'))}torn\n\n${line(log('four'))}`);
    await tail.read();
    expect(tail.firstSkipped).toEqual([2]);
    await appendFile(file, `{"type":\n${line(log('six'))}${'bad\n'.repeat(9)}`);
    expect(messages(await tail.read())).toEqual(['six']);
    expect(tail.firstSkipped).toEqual([2, 5, 7, 8, 9]);
    expect(tail.skippedLines).toBe(11);
  });

  it.each([
    ['{"type":"metrics","time":1,"step":2}'],
    ['{"type":"metrics","time":1,"step":2,"values":null}'],
    ['{"type":"log","time":1,"level":"info"}'],
    ['{"type":"sample","time":1,"step":2,"label":"x"}'],
    ['{"type":"progress","time":1,"message":"m","done":"3","total":4,"unit":"steps"}'],
  ])('counts %s as damaged, since readers count on what it lacks', async (damaged) => {
    const { tail } = await runFolder(`${damaged}\n${line(log('one'))}`);
    expect(messages(await tail.read())).toEqual(['one']);
    expect(tail.firstSkipped).toEqual([1]);
  });

  it('passes on events of a type that it does not know', async () => {
    const { tail } = await runFolder('{"type":"from-the-future","time":1}\n');
    expect(await tail.read()).toHaveLength(1);
  });

  it('finds nothing where there is no file yet', async () => {
    const folder = await temporaryProject({});
    const tail = new RunTail(folder);
    expect(await tail.read()).toEqual([]);
    await writeFile(join(folder, 'events.jsonl'), line(log('one')));
    expect(messages(await tail.read())).toEqual(['one']);
  });

  it('begins again where the file shrank', async () => {
    const { file, tail } = await runFolder(line(log('one')) + line(log('two')));
    await tail.read();
    await truncate(file, line(log('one')).length);
    expect(messages(await tail.read())).toEqual(['one']);
  });

  it('reads a large file in turns, each event once', async () => {
    const count = 60_000;
    const text = Array.from({ length: count }, (_, i) => line(log(`${i} ${'x'.repeat(150)}`))).join('');
    const { tail } = await runFolder(text);
    let seen = 0;
    let turns = 0;
    do {
      for (const event of await tail.read()) {
        expect(event.type === 'log' && Number.parseInt(event.message, 10)).toBe(seen++);
      }
      turns++;
    } while (tail.behind);
    expect(seen).toBe(count);
    expect(turns).toBeGreaterThan(1);
  });

  it('gets over a line longer than a reading', async () => {
    const { file, tail } = await runFolder('x'.repeat(9 * 1024 * 1024));
    expect(await tail.read()).toEqual([]);
    await appendFile(file, `\n${line(log('one'))}`);
    const events: RunEvent[] = [];
    do events.push(...(await tail.read()));
    while (tail.behind);
    expect(messages(events)).toEqual(['one']);
    expect(tail.skippedLines).toBe(1);
    await appendFile(file, 'torn\n');
    await tail.read();
    expect(tail.firstSkipped).toEqual([1, 3]);
  });
});

describe('the state of a run', () => {
  const owner = (about: object) => ({ 'owner-1.json': JSON.stringify({ host: hostname(), ...about }) });
  /** Above every process id of Linux, macOS and Windows in use. */
  const NOBODY = 2 ** 30;

  it.each(['succeeded', 'failed', 'stopped'] as const)(
    'is %s where its last event says so',
    async (status) => {
      const folder = await temporaryProject(owner({ pid: process.pid }));
      expect(await deriveRunState(folder, finished(status))).toBe(status);
    },
  );

  it('is running while its process lives, here or elsewhere', async () => {
    expect(await deriveRunState(await temporaryProject(owner({ pid: process.pid })), log('one'))).toBe(
      'running',
    );
    const elsewhere = await temporaryProject(owner({ pid: 1, host: 'another-machine' }));
    expect(await deriveRunState(elsewhere, log('one'))).toBe('running');
  });

  it('is interrupted where its process is gone', async () => {
    expect(await deriveRunState(await temporaryProject(owner({ pid: NOBODY })), log('one'))).toBe(
      'interrupted',
    );
    const released = await temporaryProject(owner({ pid: process.pid, released: 1 }));
    expect(await deriveRunState(released, log('one'))).toBe('interrupted');
  });

  it('is succeeded where its process was killed between its result and its last event', async () => {
    const ended = { ...owner({ pid: NOBODY }), 'result.json': '{"status":"succeeded"}' };
    expect(await deriveRunState(await temporaryProject(ended), log('one'))).toBe('succeeded');
  });

  it('is running although it was stopped before, and then interrupted', async () => {
    const stopped = { 'result.json': '{"status":"stopped"}' };
    const running = { ...owner({ pid: process.pid }), ...stopped };
    expect(await deriveRunState(await temporaryProject(running), log('one'))).toBe('running');
    const killed = { ...owner({ pid: NOBODY }), ...stopped };
    expect(await deriveRunState(await temporaryProject(killed), log('one'))).toBe('interrupted');
  });

  it('is not known where the result is damaged', async () => {
    const damaged = { ...owner({ pid: NOBODY }), 'result.json': '{"status":' };
    await expect(deriveRunState(await temporaryProject(damaged), log('one'))).rejects.toThrow(
      'result.json: damaged',
    );
  });

  it('is queued before its process has come up', async () => {
    expect(await deriveRunState(await temporaryProject({}), undefined)).toBe('queued');
  });
});

/** As runs of earlier versions have it. */
const RECORD: RunRecord = {
  version: 1,
  id: 'r1',
  stage: 'collect',
  name: 'tiny',
  created: 1,
  training: 'tiny.training.yaml',
  seed: 3,
  config: { seed: 3 },
  options: {},
  versions: { dnw: '0.1.0', node: '24.0.0' },
  hashes: { base: 'b1' },
};

describe('run.json', () => {
  it('may not be there yet', async () => {
    expect(await readRunRecord(await temporaryProject({}))).toBeUndefined();
  });

  it.each([
    ['damaged', '{"version": 1, ', /run\.json is not valid JSON/],
    [
      'of another version',
      '{"version": 2}',
      /run\.json has the format version 2, but this program reads version 1\./,
    ],
    ['something else', '7', /run\.json has the format version none/],
    [
      'of a stage that there is not',
      JSON.stringify({ ...RECORD, stage: 'colect' }),
      /run\.json is damaged \(stage\)\. The run cannot be resumed; delete its folder\./,
    ],
    [
      'without what it was begun with',
      JSON.stringify({ ...RECORD, hashes: undefined }),
      /run\.json is damaged \(hashes\)/,
    ],
    [
      'changed after it was written',
      JSON.stringify({ ...sealRecord(RECORD), config: { seed: 4 } }),
      /run\.json is damaged: its content does not match its checksum\./,
    ],
  ])('is refused where it is %s', async (_what, text, message) => {
    await expect(readRunRecord(await temporaryProject({ 'run.json': text }))).rejects.toThrow(message);
  });
});

it('a record with any byte changed is refused, or says the same', async () => {
  const record = sealRecord({ ...RECORD, concepts: { fog: { prompt: 'thick fog', pairs: {} } } });
  const text = Buffer.from(JSON.stringify(record));
  const folder = await temporaryProject({});
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), async (at, xor) => {
      const changed = Buffer.from(text);
      changed[at]! ^= xor;
      await writeFile(join(folder, 'run.json'), changed);
      const read = await readRunRecord(folder).catch((error: unknown) => error);
      if (read instanceof Error) expect(read).toBeInstanceOf(UserError);
      else expect(read).toEqual(record);
    }),
    { numRuns: 300 },
  );
});

describe('the owner of a run', () => {
  it.each(['null', '7', '[]', '{}', '{"pid":-1,"host":"h"}', '{"pid":"1","host":"h"}', '{"pid":1}'])(
    'cannot be told from an owner-1.json that holds %j',
    async (text) => {
      const folder = await temporaryProject({ 'owner-1.json': text });
      expect(await readOwner(folder)).toEqual({
        generation: 1,
        active: false,
        damage: `${join(folder, 'owner-1.json')}: it does not say which process works on this run. If none does, delete this file.`,
      });
    },
  );

  it.each(['9007199254740992', '1000001', '0', '-1', '1.5', '007', '1e3', 'x', ''])(
    'cannot be the process of number %j',
    async (number) => {
      const folder = await temporaryProject({ [`owner-${number}.json`]: '{"pid":1,"host":"h"}' });
      expect((await readOwner(folder)).damage).toBe(
        `${join(folder, `owner-${number}.json`)}: no process of this run has such a number. Delete this file.`,
      );
    },
  );

  it('is read whatever an owner file is called and holds', async () => {
    const content = fc.oneof(fc.json(), fc.string(), fc.constant('{"pid":1,"host":"h","released":2}'));
    const number = fc.oneof(fc.nat().map(String), fc.maxSafeInteger().map(String), fc.constant('1'));
    await fc.assert(
      fc.asyncProperty(number, content, async (name, text) => {
        const folder = await temporaryProject({ [`owner-${name}.json`]: text });
        const { generation, damage } = await readOwner(folder);
        expect(damage === undefined || damage.startsWith(join(folder, `owner-${name}.json`))).toBe(true);
        expect(Number.isSafeInteger(generation + 1)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the runs of a project', () => {
  it('are listed newest first, damaged ones too', async () => {
    const folder = await temporaryProject({
      'runs/20260101-000000-collect-a/run.json': JSON.stringify(RECORD),
      'runs/20260101-000000-collect-a/events.jsonl': line(log('one')) + line(finished('succeeded')),
      'runs/20260102-000000-fine-tune-b/run.json': '{',
      'runs/notes.txt': '',
    });
    const runs = await listRuns(folder);
    expect(runs.map(({ id, state, record }) => [id, state, record?.stage])).toEqual([
      ['20260102-000000-fine-tune-b', 'queued', undefined],
      ['20260101-000000-collect-a', 'succeeded', 'collect'],
    ]);
    expect(await listRuns(await temporaryProject({}))).toEqual([]);
  });

  it('are not the folders of systems and of file servers beside them', async () => {
    const folder = await temporaryProject({
      'runs/a/run.json': JSON.stringify(RECORD),
      'runs/.DS_Store/x': '',
      'runs/.ipynb_checkpoints/x': '',
      'runs/@eaDir/x': '',
    });
    expect((await listRuns(folder)).map(({ id }) => id)).toEqual(['a']);
  });

  it('are all listed where some are damaged, each with its file', async () => {
    const project = await temporaryProject({
      'runs/a/run.json': JSON.stringify(RECORD),
      'runs/a/events.jsonl': line(finished('stopped')),
      'runs/b/owner-1.json': 'null',
      'runs/c/owner-9007199254740992.json': '{}',
      'runs/d/run.json': 'null',
      'runs/e/run.json/x': '',
      'runs/f/events.jsonl/x': '',
    });
    const runs = await listRuns(project);
    expect(runs.map(({ id, state }) => [id, state])).toEqual([
      ['f', 'queued'],
      ['e', 'queued'],
      ['d', 'queued'],
      ['c', 'queued'],
      ['b', 'interrupted'],
      ['a', 'stopped'],
    ]);
    const file = (path: string) => expect.stringContaining(join(project, 'runs', path));
    expect(runs.map(({ damage }) => damage)).toEqual([
      file('f'),
      file('e'),
      file('d/run.json'),
      file('c/owner-9007199254740992.json'),
      file('b/owner-1.json'),
      undefined,
    ]);
  });
});

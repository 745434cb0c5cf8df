import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { chosenNumbers, faultsOfFailure } from '../../bench/torture/disk-full.ts';
import type { Ended, runEngine } from '../../bench/torture/engine.ts';
import { faultsOfProblem, faultsOfText } from '../../bench/torture/error-rules.ts';
import { readOptions } from '../../bench/torture/forms.ts';
import { killsCampaign } from '../../bench/torture/kills.ts';
import { mutateBytes, mutateJson, mutateText } from '../../bench/torture/mutators.ts';
import { contentOf, filesBelow } from '../../bench/torture/project-state.ts';
import { resultOf, runFilesOf, type StageReference } from '../../bench/torture/reference.ts';
import { damagedFile } from '../../bench/torture/safetensors-subject.ts';
import { CHAINS } from '../../bench/torture/stage-table.ts';
import { summaryTable, type Tally, verdict } from '../../bench/torture/tally.ts';
import { makeTinyProject } from '../../bench/torture/tiny-project.ts';
import { Random } from '../../src/data/random.ts';
import { safetensorsBytes } from '../../src/data/safetensors.ts';
import { makeProblem } from '../../src/project/problem.ts';
import { STAGE_NAMES } from '../../src/protocol/stages.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const say = () => {};

test('every stage is part of the campaigns', () => {
  const tortured = new Set(CHAINS.flat().map(({ stage }) => stage));
  const missing = STAGE_NAMES.filter((stage) => !tortured.has(stage));
  expect(missing, 'add each to a chain in bench/torture/stage-table.ts').toEqual([]);
});

describe('what is drawn depends on the seed alone', () => {
  const original = Buffer.concat(
    safetensorsBytes('a', { a: { shape: [3], data: Float32Array.of(1, 2, 3) } }, { prompt: 'x' }),
  );
  const text = 'prompt: thick fog\npairs:\n  source: ../images\n';
  const json = { a: [1, { b: 'x' }], c: null };
  const mutators: Record<string, (random: Random) => unknown> = {
    bytes: (random) => mutateBytes(original, random),
    text: (random) => mutateText(text, random),
    json: (random) => mutateJson(json, random),
    safetensors: (random) => damagedFile(original, random),
  };

  test.each(Object.keys(mutators))('%s', (name) => {
    const mutate = mutators[name]!;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        expect(mutate(new Random(seed))).toEqual(mutate(new Random(seed)));
      }),
    );
    const drawn = new Set(Array.from({ length: 50 }, (_, seed) => JSON.stringify(mutate(new Random(seed)))));
    expect(drawn.size).toBeGreaterThan(25);
  });

  test('and originals stay as they are', () => {
    const [bytes, value] = [Buffer.from(original), structuredClone(json)];
    for (let seed = 0; seed < 100; seed++) {
      for (const mutate of Object.values(mutators)) mutate(new Random(seed));
    }
    expect(original).toEqual(bytes);
    expect(json).toEqual(value);
  });
});

describe('errors', () => {
  test.each<[string, string, string]>([
    ['unexpected', '/p/a.png: Unexpected error, please report it: x', 'is called unexpected'],
    ['a stack', '/p/a.png: broken\n    at read (file:///x.mjs:1:2)', 'shows a stack trace'],
    ['of JavaScript', '/p/a.png: TypeError: x is not a function', 'names a JavaScript error'],
    ['a value that is missing', '/p/a.png: undefined is too small', 'shows a value of the program'],
    ['another file', '/p/b.png: it is empty', 'does not name a.png'],
    ['nothing', '', 'says nothing'],
  ])('%s', (_name, text, fault) => {
    expect(faultsOfText(text, '/p/a.png').join()).toContain(fault);
  });

  test('that say everything', () => {
    expect(faultsOfText('/p/a.png: it is empty. Delete it.', '/p/a.png')).toEqual([]);
  });

  const range = { line: 2, column: 1, endLine: 2, endColumn: 3 };
  const problem = { kind: 'syntax', message: 'It is wrong.', remedy: 'Correct it.' } as const;
  test.each<[string, Parameters<typeof makeProblem>, string[]]>([
    ['whole', ['/p/a', range, '', problem], []],
    ['of another file', ['/p/b', range, '', problem], ['is of another file']],
    [
      'outside of the file',
      ['/p/a', { ...range, line: 4, endLine: 4 }, '', problem],
      ['lies outside of 3 lines'],
    ],
    ['without a cause', ['/p/a', range, '', { ...problem, message: '' }], ['has no cause']],
    ['without a remedy', ['/p/a', range, '', { ...problem, remedy: ' ' }], ['has no remedy']],
  ])('problems of YAML: %s', (_name, made, faults) => {
    const found = faultsOfProblem(makeProblem(...made), '/p/a', 3);
    expect(found).toHaveLength(faults.length);
    for (const [index, fault] of faults.entries()) expect(found[index]).toContain(fault);
  });

  test('of a command need a file and a remedy', () => {
    expect(faultsOfFailure('/p/x: the disk is full. Free some space.', '/p', /Free some/)).toEqual([]);
    expect(faultsOfFailure('the disk is full. Free some space.', '/p', /Free some/)).toHaveLength(1);
    expect(faultsOfFailure('/p/x: the disk is full.', '/p', /Free some/)).toHaveLength(1);
  });
});

describe('kills', () => {
  /** What a stage does that is called with a project: the base, a result and a log. */
  function finish(project: string, run: string): void {
    write(join(project, 'base', 'tiny.onnx'), 'a base');
    write(join(run, 'result.json'), '{"status":"succeeded","result":1}');
    write(join(run, 'events.jsonl'), '{}\n');
  }

  function write(path: string, text: string): undefined {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  let reference: StageReference;
  beforeAll(async () => {
    const project = temporaryFolder();
    await makeTinyProject(join(project, 'p'));
    const run = join(project, 'p', 'runs', 'train-base');
    finish(join(project, 'p'), run);
    write(join(run, 'run.json'), '{}');
    const entry = { stage: 'train-base', options: [], makes: ['base'] } as const;
    reference = {
      entry,
      chain: 0,
      before: '',
      calls: 100,
      ofSpace: 50,
      files: filesBelow(join(project, 'p')),
      made: contentOf(join(project, 'p'), entry.makes),
      runFiles: runFilesOf(run),
      result: resultOf(run, join(project, 'p')),
      seconds: 1,
    };
  });

  /** An engine that begins, is killed as it is told, and then ends; what it does besides is up to the test. */
  function engine(atEnd: (project: string, run: string) => Partial<Ended> | undefined): typeof runEngine {
    return async (args, { fault, killAfter } = {}) => {
      const project = args[args.indexOf('--project') + 1]!;
      const run = join(project, 'runs', 'train-base');
      write(join(run, 'run.json'), '{}');
      const ended = { code: 0, signal: null, stderr: '', seconds: 1 };
      if (fault || killAfter !== undefined) return { ...ended, code: null, signal: 'SIGKILL' };
      finish(project, run);
      return { ...ended, ...atEnd(project, run) };
    };
  }

  const torture = (atEnd: Parameters<typeof engine>[0]): Promise<Tally> => {
    const scratch = temporaryFolder();
    return killsCampaign([reference], { scratch, seed: 2, kills: 3, jobs: 1, say, run: engine(atEnd) });
  };

  test('that leave everything as it should be', async () => {
    const tally = await torture(() => undefined);
    expect(tally.faults).toEqual([]);
    expect(tally.tried).toBeGreaterThanOrEqual(3);
    expect(verdict(tally)).toBe('passed');
  });

  test('whose last line is torn, after the result was written, leave it', async () => {
    const tally = await torture((_p, run) => {
      write(join(run, 'events.jsonl'), '{}\n{"type":"fini');
      return { code: 2, stderr: 'r has already finished. Start a new run.' };
    });
    expect(tally.faults).toEqual([]);
  });

  test.each<[string, Parameters<typeof engine>[0], string]>([
    [
      'half a line',
      (_p, run) => write(join(run, 'events.jsonl'), '{}\n{"a'),
      'the last line of events.jsonl',
    ],
    [
      'another state',
      (_p, run) =>
        write(join(run, 'events.jsonl'), '{"time":2,"type":"finished","status":"failed","seconds":1}\n'),
      'the run is shown as failed',
    ],
    ['another byte', (p) => write(join(p, 'base/tiny.onnx'), 'a bade'), 'base/tiny.onnx differs'],
    [
      'a missing log line',
      (_p, run) => write(join(run, 'events.jsonl'), '{"a\n'),
      'lines of events.jsonl are torn',
    ],
    [
      'another result',
      (_p, run) => write(join(run, 'result.json'), '{"status":"succeeded","result":2}'),
      'result.json differs',
    ],
    ['a temporary file', (p) => write(join(p, 'base/.0123456789abcdef.dnw-part'), ''), 'was left over'],
    ['a file more', (p) => write(join(p, 'weights.tmp'), ''), 'weights.tmp was left over'],
    ['half a file', (p) => write(join(p, '.dnw/a.safetensors'), 'x'), '.dnw/a.safetensors cannot be read'],
    [
      'a refusal',
      () => ({ code: 1, stderr: 'another process is working' }),
      'exit 1: another process is working',
    ],
  ])('that leave %s are counted', async (_name, atEnd, fault) => {
    const tally = await torture(atEnd);
    expect(tally.faults.length).toBeGreaterThan(0);
    for (const found of tally.faults) expect(found).toContain(fault);
    expect(tally.faults[0]).toMatch(/^seed 2, pass 0, train-base, killed /);
    expect(verdict(tally)).toBe('FAILED');
  });
});

test('calls are chosen once each, and all of them if there are no more', () => {
  const random = new Random(1);
  expect(chosenNumbers(4, Number.POSITIVE_INFINITY, random)).toEqual([1, 2, 3, 4]);
  const some = chosenNumbers(100, 7, random);
  expect(new Set(some).size).toBe(7);
  expect(Math.min(...some)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...some)).toBeLessThanOrEqual(100);
});

test('what was not run, or tried nothing, has not passed', () => {
  const tally = { campaign: 'a', tried: 0, counts: {}, faults: [] };
  expect(verdict(tally)).toBe('FAILED');
  expect(verdict({ ...tally, notRun: 'no root' })).toBe('not run');
  expect(summaryTable([{ ...tally, notRun: 'no root' }])).toContain('| a | 0 | – | 0 | not run: no root |');
});

test('the usage is given to whoever asks for it', () => {
  expect(readOptions(['--help'])).toMatch(/^usage: npm run torture/);
});

test('an unknown option, campaign or seed is refused', () => {
  expect(() => readOptions(['--sed', '1'])).toThrow('usage: npm run torture');
  expect(() => readOptions(['kill'])).toThrow("no campaign 'kill'");
  expect(() => readOptions(['--seed', 'x'])).toThrow('x is not a whole number');
  expect(readOptions(['--quick', '--seed', '7', 'kills'])).toMatchObject({ seed: 7, campaigns: ['kills'] });
  expect(readOptions(['--full', '2', '--kills', '9'])).toMatchObject({ form: { fullPerStage: 2, kills: 9 } });
  expect(readOptions(['--calls', '40-60'])).toMatchObject({ form: { calls: [40, 60], mountedPerStage: 0 } });
  expect(() => readOptions(['--calls', '40'])).toThrow('40 is not a range');
  expect(() => readOptions(['--stage', 'prepar'])).toThrow("no stage 'prepar'. Stages: ");
  expect(readOptions(['--stage', 'prepare', 'disk-full'])).toMatchObject({ onlyStages: ['prepare'] });
});

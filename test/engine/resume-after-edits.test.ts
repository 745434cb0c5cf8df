import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { planStage } from '../../src/engine/stage-plan.ts';
import { UserError } from '../../src/project/user-error.ts';
import type { RunRecord } from '../../src/protocol/run.ts';
import type { Stage } from '../../src/protocol/stages.ts';
import { makeProject } from './example-project.ts';

/** A concept as its files say, by small numbers; absent if there is no file. */
interface Concept {
  prompt: number;
  effect: number;
  /** How many of its pictures were replaced by another. */
  replaced: number;
  tag: boolean;
}
type State = Readonly<Record<string, Concept | undefined>>;

const NAMES = ['dusk', 'fog', 'snow'] as const;
const HELD_OUT = 'dusk';
const EFFECTS = ['snow', 'fog', 'sepia'];
const BEGUN: Concept = { prompt: 0, effect: 0, replaced: 0, tag: false };
const ALL: State = { dusk: BEGUN, fog: BEGUN, snow: BEGUN };

const CONFIG = `extends: preset:fast
image: {size: 32, train: 3, test: 1}
base: {concepts: all}
collect: {holdOut: [${HELD_OUT}]}
`;

let project: string;
beforeAll(async () => {
  project = await makeProject();
  writeFileSync(join(project, 'tiny.training.yaml'), CONFIG);
});

function write(state: State): void {
  for (const name of NAMES) {
    const file = join(project, 'concepts', `${name}.concept.yaml`);
    const images = join(project, `images-of-${name}`);
    rmSync(file, { force: true });
    rmSync(images, { recursive: true, force: true });
    const concept = state[name];
    if (concept === undefined) continue;
    mkdirSync(images);
    for (let i = 0; i < 4; i++) {
      const picture = i < concept.replaced ? i + 1 : i;
      copyFileSync(join(project, 'images', `wave-${picture}.png`), join(images, `${i}.png`));
    }
    const { prompt, effect, tag } = concept;
    writeFileSync(
      file,
      `prompt: ${name} number ${prompt}\n${tag ? 'tags: [new]\n' : ''}` +
        `pairs:\n  source: ../images-of-${name}\n  target:\n    effect: ${EFFECTS[effect]}\n`,
    );
  }
}

/** Begins a run, which ends at once, as if it was killed. */
async function begin(stage: Stage, concept?: string): Promise<string> {
  const { run } = await planStage(stage, { project, ...(concept && { concept }) });
  run.lock.release();
  return run.record.id;
}

/** @returns the message if resuming was refused */
async function resume(stage: Stage, id: string): Promise<string | undefined> {
  try {
    const { run } = await planStage(stage, { project, resume: id });
    run.lock.release();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
}

const refused = (id: string, what: string, how = '') =>
  `${id}: changed since this run began: ${what}. Its checkpoint no longer fits. Start a new run${how}.`;
const MISSING = '; with --missing, it keeps every member that is finished and still fits its concept';

describe('resuming a run of several concepts is refused', () => {
  test('after an edit of one', async () => {
    write(ALL);
    const [base, zoo] = [await begin('train-base'), await begin('collect')];
    write({ ...ALL, fog: { ...BEGUN, prompt: 1, effect: 1 } });
    expect(await resume('train-base', base)).toBe(refused(base, 'concept fog (prompt, pairs)'));
    expect(await resume('collect', zoo)).toBe(refused(zoo, 'concept fog (prompt, pairs)', MISSING));
  });

  test('after one was deleted, added or renamed', async () => {
    write(ALL);
    const whole = await begin('train-base');
    const without = { ...ALL, fog: undefined };
    write(without);
    expect(await resume('train-base', whole)).toBe(refused(whole, 'concepts (fog is gone)'));
    const fewer = await begin('train-base');
    write({ ...ALL, snow: undefined });
    expect(await resume('train-base', fewer)).toBe(refused(fewer, 'concepts (fog is new, snow is gone)'));
  });

  test('after one can no longer be read', async () => {
    write(ALL);
    const id = await begin('train-base');
    writeFileSync(join(project, 'concepts', 'fog.concept.yaml'), 'prompt: [\n');
    expect(await resume('train-base', id)).toBe(
      `${refused(id, 'concepts (fog is gone)')} Files of the project have errors; to list them: dnw validate.`,
    );
  });
});

test('resuming is refused after its images were replaced', async () => {
  write(ALL);
  const { run } = await planStage('fine-tune', { project, concept: 'snow' });
  run.lock.release();
  expect(run.record.concepts).toMatchObject({ snow: { prompt: 'snow number 0', images: { count: 4 } } });
  write({ ...ALL, snow: { ...BEGUN, replaced: 2 } });
  expect(await resume('fine-tune', run.record.id)).toBe(refused(run.record.id, 'concept snow (images)'));
  rmSync(join(project, 'images-of-snow', '3.png'));
  expect(await resume('fine-tune', run.record.id)).toBe(
    refused(run.record.id, 'concept snow (images: 4 then, 3 now)'),
  );
});

test('a run of an earlier version, which recorded less, is compared by what it recorded', async () => {
  write(ALL);
  const old = async (stage: Stage, concept?: string) => {
    const id = await begin(stage, concept);
    const file = join(project, 'runs', id, 'run.json');
    const { concepts, checksum, ...record } = JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
    writeFileSync(file, JSON.stringify(record));
    return id;
  };
  const base = await old('train-base');
  write({ ...ALL, fog: { ...BEGUN, prompt: 1 } });
  expect(await resume('train-base', base)).toBeUndefined();
});

describe('a damaged run folder', () => {
  test('is refused by name, and passed over with a warning by --resume alone', async () => {
    write(ALL);
    rmSync(join(project, 'runs'), { recursive: true, force: true });
    const ids = [await begin('train-base'), await begin('train-base'), await begin('train-base')];
    const [first, second, third] = ids as [string, string, string];
    const owner = join(project, 'runs', third, 'owner-9007199254740992.json');
    const record = join(project, 'runs', second, 'run.json');
    writeFileSync(owner, '{}');
    writeFileSync(record, 'null');
    expect(await resume('train-base', third)).toBe(
      `${owner}: no process of this run has such a number. Delete this file.`,
    );
    const { run, warnings } = await planStage('train-base', { project, resume: 'latest' });
    run.lock.release();
    expect(run.record.id).toBe(first);
    expect(warnings).toEqual([
      expect.stringContaining(`A later run cannot be resumed: ${owner}`),
      expect.stringContaining(`A later run cannot be resumed: ${record}`),
    ]);
  });

  test.each(['', 'null', '{"status":"done"}'])('whose result is %j says what to do', async (result) => {
    write(ALL);
    const id = await begin('train-base');
    const file = join(project, 'runs', id, 'result.json');
    writeFileSync(file, result);
    expect(await resume('train-base', id)).toBe(
      `${file}: damaged, so it does not say whether the run has finished. Delete it and resume, or start a new run.`,
    );
    rmSync(file);
    expect(await resume('train-base', id)).toBeUndefined();
  });

  test('with a folder in the place of its request to stop is refused, and free again', async () => {
    write(ALL);
    const id = await begin('train-base');
    const folder = join(project, 'runs', id, 'stop-request');
    mkdirSync(folder);
    const refusal = `${folder}: cannot be deleted: it is a folder. Delete it, then resume.`;
    expect(await resume('train-base', id)).toBe(refusal);
    rmSync(folder, { recursive: true });
    expect(await resume('train-base', id)).toBeUndefined();
  });
});

describe('an edited training config', () => {
  const warnings = async (config: string, device?: 'cpu') => {
    write(ALL);
    const { run } = await planStage('train-base', { project, device });
    run.lock.release();
    writeFileSync(join(project, 'tiny.training.yaml'), config);
    const resumed = await planStage('train-base', { project, resume: run.record.id });
    resumed.run.lock.release();
    writeFileSync(join(project, 'tiny.training.yaml'), CONFIG);
    expect(resumed.training.config).toEqual(run.record.config);
    return resumed.warnings;
  };
  const since = (keys: string) => [
    `tiny.training.yaml has changed since (${keys}); this run continues with what it began with.`,
  ];

  test('is not what a run of an earlier version lacks a key of, or calls by another name', async () => {
    write(ALL);
    const { run } = await planStage('train-base', { project });
    run.lock.release();
    const file = join(run.folder, 'run.json');
    const { config, checksum, concepts, ...earlier } = JSON.parse(readFileSync(file, 'utf8'));
    delete config.image.maxFileSize;
    config.evaluate.baselines = config.evaluate.baselines.map((name: string) =>
      name === 'pix2pix' ? 'scratch' : name,
    );
    writeFileSync(file, JSON.stringify({ ...earlier, config }));
    const resumed = await planStage('train-base', { project, resume: run.record.id });
    resumed.run.lock.release();
    expect(resumed.warnings).toEqual([]);
  });

  test('is named key by key when a run continues with what it began with', async () => {
    expect(
      await warnings(`${CONFIG}seed: 9
fineTune: {steps: 7}
`),
    ).toEqual(since('seed, fineTune.steps'));
    expect(
      await warnings(`${CONFIG}device: webgpu
threads: 3
`),
    ).toEqual(since('device, threads'));
    expect(await warnings('extends: [')).toEqual([
      'tiny.training.yaml is gone or has errors; this run continues with what it began with.',
    ]);
  });

  test('is not mentioned where it says the same, or the command line said otherwise', async () => {
    expect(await warnings(`# the same\n${CONFIG}`)).toEqual([]);
    expect(await warnings(`${CONFIG}device: webgpu\n`, 'cpu')).toEqual([]);
  });
});

/** The concepts that a run reads, and whether it reads their images. */
const STAGES: readonly (readonly [
  stage: Stage,
  concept: string | undefined,
  reads: string[],
  images: boolean,
])[] = [
  ['train-base', undefined, ['fog', 'snow'], true],
  ['collect', undefined, ['fog', 'snow'], true],
  ['collect', 'fog', ['fog'], true],
  ['fine-tune', 'dusk', ['dusk'], true],
  ['translate', 'dusk', ['dusk'], false],
  ['evaluate', 'dusk', ['dusk', 'fog', 'snow'], true],
  ['quickstart', undefined, ['dusk', 'fog', 'snow'], true],
];

const concept = fc.oneof(
  { weight: 3, arbitrary: fc.constant(BEGUN) },
  fc.record({ prompt: fc.nat(1), effect: fc.nat(2), replaced: fc.nat(2), tag: fc.boolean() }),
);
const anyState = fc.record(
  Object.fromEntries(NAMES.map((name) => [name, fc.option(concept, { nil: undefined, freq: 8 })])),
) as fc.Arbitrary<State>;

test('after any edits, a run is resumed exactly where what it reads is as it was', async () => {
  write(ALL);
  const runs: (readonly [...(typeof STAGES)[number], string])[] = [];
  for (const row of STAGES) {
    const paths =
      row[0] === 'translate' ? { input: join(project, 'images'), output: join(project, 'out') } : {};
    const { run } = await planStage(row[0], { project, ...(row[1] && { concept: row[1] }), ...paths });
    run.lock.release();
    runs.push([...row, run.record.id]);
  }
  const seen = (state: State, reads: readonly string[], images: boolean) =>
    JSON.stringify(
      reads.map((name) => {
        const found = state[name];
        return found && [found.prompt, found.effect, images && found.replaced];
      }),
    );
  await fc.assert(
    fc.asyncProperty(anyState, fc.constantFrom(...runs), async (state, [stage, , reads, images, id]) => {
      write(state);
      const message = await resume(stage, id);
      expect(message === undefined).toBe(seen(state, reads, images) === seen(ALL, reads, images));
      if (message !== undefined) expect(message).toContain(`${id}: changed since this run began: concept`);
    }),
    {
      numRuns: 30,
      examples: [
        [ALL, runs[0]!],
        [{ ...ALL, snow: { ...BEGUN, tag: true } }, runs[6]!],
      ],
    },
  );
});

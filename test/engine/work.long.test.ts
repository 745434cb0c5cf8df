import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadProject } from '../../src/project/load.ts';
import { sealRecord } from '../../src/project/runs/run-record.ts';
import { hasActiveClaim } from '../../src/project/runs/run-units.ts';
import type { RunEvent } from '../../src/protocol/events.ts';
import type { RunOwner, RunRecord } from '../../src/protocol/run.ts';
import { saveUntrainedBase } from '../pipeline/untrained-base.ts';
import { temporaryFolder } from '../temporary-folders.ts';
import { Engine, type Finished, type RunningEngine } from './engine-process.ts';
import { makeProject, SMALL_NETWORKS, writeConcept } from './example-project.ts';

const CONCEPTS = ['dusk', 'fog', 'night', 'oil', 'snow'];
const RUN = 'zoo-1';

const CONFIG = `${SMALL_NETWORKS}lora: {rank: 2}
collect: {steps: 24, batchSize: 2, checkpoints: 1, checkpointEvery: 4}
evaluate: {images: 2}
`;

let engine: Engine;
/** A project with a base, and nothing else. */
let pristine: string;
/** The zoo that one process collects. */
let expected: Map<string, string>;
let project: string;

beforeAll(async () => {
  engine = await Engine.build();
  pristine = await makeProject();
  for (const concept of ['dusk', 'night', 'oil']) writeConcept(pristine, concept, `make it ${concept}`);
  writeFileSync(join(pristine, 'tiny.training.yaml'), CONFIG);
  const loaded = await loadProject(pristine);
  await saveUntrainedBase(loaded, loaded.trainings[0]!, ['fog']);
  const alone = copyOfProject();
  await succeed('collect', '--project', alone, '--run-id', RUN);
  expected = zooOf(alone);
  expect([...expected.keys()].map((path) => path.split('/')[1])).toEqual(
    CONCEPTS.map((concept) => `${concept}.safetensors`),
  );
});

beforeEach(() => {
  project = copyOfProject();
});

function copyOfProject(): string {
  const folder = join(temporaryFolder(), 'project');
  cpSync(pristine, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

/** The zoo's files by path, and their content. */
function zooOf(folder: string): Map<string, string> {
  const zoo = join(folder, 'zoo');
  const files = readdirSync(zoo, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.safetensors'),
  );
  return new Map(files.sort().map((path) => [path, readFileSync(join(zoo, path)).toString('base64')]));
}

const runFolder = () => join(project, 'runs', RUN);
const claims = () => readdirSync(join(runFolder(), 'units', 'claims'));
const done = () => readdirSync(join(runFolder(), 'units', 'done')).length;

async function succeed(...args: string[]): Promise<Finished> {
  const ended = await engine.run(args);
  expect({ code: ended.code, stderr: ended.code === 0 ? '' : ended.stderr }).toEqual({ code: 0, stderr: '' });
  return ended;
}

const collecting = (...options: string[]) => ['collect', '--project', project, ...options, '--json'];
const work = () => engine.run(['work', RUN, '--project', project]);

/** Starts a command, and waits until it has told of an event. */
async function started(args: string[], isIt: (event: RunEvent) => boolean): Promise<RunningEngine> {
  const running = engine.start(args);
  let rest = '';
  for (let found = false; !found; ) {
    const [chunk] = (await once(running.process.stdout, 'data')) as [Buffer];
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop()!;
    found = lines.some((line) => isIt(JSON.parse(line) as RunEvent));
  }
  return running;
}

const isCheckpoint = (event: RunEvent) => event.type === 'checkpoint';
const eventsIn = ({ stdout }: Finished) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
const trainedBy = (ended: Finished) =>
  new Set(
    eventsIn(ended).flatMap((event) =>
      event.type === 'progress' && event.unit === 'steps' ? [event.concept] : [],
    ),
  );

const exists = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

function resultOf(folder: string): unknown {
  const { result } = JSON.parse(readFileSync(join(folder, 'runs', RUN, 'result.json'), 'utf8')) as {
    result: unknown;
  };
  return result;
}

/** The project is as if one process had collected it. */
async function expectWhole(): Promise<void> {
  expect(zooOf(project)).toEqual(expected);
  expect(claims()).toEqual([]);
  expect(await hasActiveClaim(runFolder())).toBe(false);
  const { concepts } = resultOf(project) as { concepts: { concept: string; psnr: number }[] };
  expect(concepts.map(({ concept }) => concept)).toEqual(CONCEPTS);
}

describe('a run that several processes work on', () => {
  test('ends with the same bytes whoever trains a concept, and waits for the one that others train', async () => {
    const leader = await started(collecting('--run-id', RUN), isCheckpoint);
    // It stands still in its concept, and is alive.
    leader.process.kill('SIGSTOP');
    const other = await work();
    expect(other.stderr).toContain('This process has finished 4 of 5 units. 1 are left to others.');
    expect(other.code).toBe(0);
    expect(done()).toBe(4);
    leader.process.kill('SIGCONT');
    const ended = await leader.finished;
    expect(ended.code).toBe(0);
    expect([...trainedBy(ended)]).toEqual(['dusk']);
    const members = eventsIn(ended).flatMap((event) => (event.type === 'artifact' ? [event.concept] : []));
    expect(members.toSorted()).toEqual(CONCEPTS);
    await expectWhole();
  });

  test('is shared among the workers that it starts', async () => {
    const ended = await engine.run(collecting('--run-id', RUN, '--workers', '3'));
    expect(ended.code).toBe(0);
    expect(readdirSync(join(runFolder(), 'workers'))).toHaveLength(2);
    await expectWhole();
  });

  test('goes on when its leader is killed, and is ended by the process that finds all of it done', async () => {
    const leader = await started(collecting('--run-id', RUN), isCheckpoint);
    leader.process.kill('SIGKILL');
    await leader.finished;
    const { code, stderr } = await work();
    expect(stderr).toContain('This process has finished 5 of 5 units. Nothing is left.');
    expect(stderr).toContain(`Resuming ${RUN}`);
    expect(code).toBe(0);
    await expectWhole();
  });

  test('goes on when one of its workers is killed', async () => {
    const leader = await started(collecting('--run-id', RUN), isCheckpoint);
    leader.process.kill('SIGSTOP');
    const worker = await started(['work', RUN, '--project', project, '--json'], isCheckpoint);
    worker.process.kill('SIGKILL');
    await worker.finished;
    expect(claims()).toEqual(['dusk', 'fog']);
    leader.process.kill('SIGCONT');
    const ended = await leader.finished;
    expect([...trainedBy(ended)]).toEqual(CONCEPTS);
    await expectWhole();
  });

  test('ends its workers with itself, even if it is killed', async () => {
    const leader = await started(collecting('--run-id', RUN, '--workers', '2'), isCheckpoint);
    const ofAnother = () =>
      claims()
        .map(
          (unit) =>
            JSON.parse(
              readFileSync(join(runFolder(), 'units', 'claims', unit, 'owner-1.json'), 'utf8'),
            ) as RunOwner,
        )
        .find(({ pid }) => pid !== leader.process.pid);
    leader.process.kill('SIGSTOP');
    await expect.poll(ofAnother, { timeout: 60_000 }).toBeDefined();
    const { pid } = ofAnother()!;
    leader.process.kill('SIGKILL');
    await leader.finished;
    await expect.poll(() => exists(pid), { timeout: 60_000 }).toBe(false);
    await succeed(...collecting('--resume', RUN));
    await expectWhole();
  });

  test('stops in all of its processes when it is asked to, and is resumed', async () => {
    const leader = await started(collecting('--run-id', RUN, '--workers', '2'), isCheckpoint);
    await succeed('stop', RUN, '--project', project);
    expect((await leader.finished).code).toBe(130);
    expect(await hasActiveClaim(runFolder())).toBe(false);
    const refused = await work();
    expect(refused.stderr).toContain(`${RUN} was stopped. Continue it first: dnw collect --resume ${RUN}`);
    expect(refused.code).toBe(2);
    await succeed(...collecting('--resume', RUN));
    await expectWhole();
  });
});

describe('a process that cannot take part in a run', () => {
  /** Changes the record of a run that was stopped. */
  async function stoppedRun(change: (record: RunRecord) => Partial<RunRecord> = () => ({})): Promise<void> {
    const leader = await started(collecting('--run-id', RUN), isCheckpoint);
    leader.process.kill('SIGTERM');
    await leader.finished;
    const file = join(runFolder(), 'run.json');
    const { checksum, ...record } = JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
    expect(checksum).toBeDefined();
    writeFileSync(file, JSON.stringify(sealRecord({ ...record, ...change(record) })));
  }

  const refused = async (text: string, code = 1) => {
    const ended = await work();
    expect(ended.stderr).toContain(text);
    expect(ended.code).toBe(code);
  };

  test('is told if there is no such run', async () => {
    await refused(`${RUN}: no such run. To list the runs of this project: dnw runs`, 2);
  });

  test('is told if the run has finished', async () => {
    await succeed('collect', '--project', project, '--run-id', RUN);
    await refused(`${RUN} has already finished.`, 2);
  });

  test('is told if it is another version', async () => {
    await stoppedRun(({ versions }) => ({ versions: { ...versions, onnxruntime: '1.0.0' } }));
    await refused(`${RUN} was begun with onnxruntime 1.0.0, here it is `);
  });

  test('is told if the run is of a stage that only one process works on', async () => {
    await stoppedRun(() => ({ stage: 'prepare' }));
    await refused(`${RUN} is a prepare run, which only one process can work on.`);
  });

  test('is told if a concept has changed since the run began', async () => {
    await stoppedRun();
    writeConcept(project, 'snow', 'a lot of snow');
    await refused(`${RUN}: changed since this run began: concept snow (prompt).`);
  });
});

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Engine } from './engine-process.ts';
import { makeProject } from './example-project.ts';

let engine: Engine;
let project: string;
beforeAll(async () => {
  engine = await Engine.build('test/engine/fake-dnw.ts');
  project = await makeProject();
});

const run = (args: readonly string[], redirected: string) =>
  spawnSync('sh', ['-c', `"$0" "$@" ${redirected}`, process.execPath, engine.program, ...args], {
    encoding: 'utf8',
  });

// Only Linux has this device, on which no space is ever left.
describe.runIf(process.platform === 'linux')('a command whose output goes to a full disk', () => {
  test('says so once on standard error, and fails', () => {
    const { status, stderr } = run(['explain', 'DNW-110'], '> /dev/full');
    expect(stderr).toBe(
      'Standard output cannot be written: no space is left on the disk. The output is incomplete.\n',
    );
    expect(status).toBe(1);
  });

  test('ends its run all the same', () => {
    const { status, stderr } = run(
      ['search-ranks', '--project', project, '--run-id', 'told', '--json'],
      '> /dev/full',
    );
    expect(stderr).toMatch(/^Standard output cannot be written: [^\n]*\n$/);
    expect(status).toBe(1);
    expect(resultOf('told').status).toBe('succeeded');
  });

  test('does not notice where that is standard error', () => {
    const { status, stdout } = run(
      ['search-ranks', '--project', project, '--run-id', 'silent'],
      '2> /dev/full',
    );
    expect(stdout).toContain('done: 20');
    expect(status).toBe(0);
  });
});

const resultOf = (id: string) =>
  JSON.parse(readFileSync(join(project, 'runs', id, 'result.json'), 'utf8')) as { status: string };

describe('a run on a disk that becomes full', () => {
  /** Starts a run that cannot write to (or flush) the files of its folder that match, from the n-th time on. */
  const onFullDisk = (id: string, file: RegExp, from: number, { flush = false } = {}) => {
    const layer = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { openSync, writeSync, writeFileSync, fsyncSync } = fs;
      const paths = new Map();
      let writes = 0;
      const half = (descriptor, content) => {
        if (!${file}.test(paths.get(descriptor)) || ++writes < ${from}) return;
        writeSync(descriptor, String(content).slice(0, 5));
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
      };
      fs.openSync = (path, ...rest) => {
        const descriptor = openSync(path, ...rest);
        paths.set(descriptor, String(path));
        return descriptor;
      };
      const failing = ${flush} ? () => {} : half;
      fs.fsyncSync = (descriptor) => {
        if (${flush}) half(descriptor, '');
        fsyncSync(descriptor);
      };
      fs.writeSync = (descriptor, ...rest) => {
        failing(descriptor, rest[0]);
        return writeSync(descriptor, ...rest);
      };
      fs.writeFileSync = (to, ...rest) => {
        failing(to, rest[0]);
        return writeFileSync(to, ...rest);
      };
      syncBuiltinESMExports();`;
    return engine.run(['search-ranks', '--project', project, '--run-id', id], {
      env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(layer)}` },
    });
  };

  test.each([2, 5, 9])(
    'fails with the file and a remedy, from event %i on, and leaves whole lines',
    async (from) => {
      const { code, stderr } = await onFullDisk(`full-${from}`, /events\.jsonl$/, from);
      const file = join(project, 'runs', `full-${from}`, 'events.jsonl');
      expect(stderr).toContain(
        `${file}: no space is left on the disk. Free some space; to continue the run, use --resume.`,
      );
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(code).toBe(1);
      const log = readFileSync(file, 'utf8');
      expect(log.endsWith('\n')).toBe(true);
      expect(
        log
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line).type),
      ).toHaveLength(from - 1);
    },
  );

  test('has succeeded although its end cannot be told to others', async () => {
    // The first write of an owner file takes the run over, the second gives it back.
    const { code, stderr } = await onFullDisk('given-back', /given-back\/\.[^/]*dnw-part$/, 2);
    expect(stderr).not.toContain('no space');
    expect(code).toBe(0);
  });

  test.each(['written', 'flushed'])('has succeeded although its last event cannot be %s', async (how) => {
    const events = (id: string) =>
      readFileSync(join(project, 'runs', id, 'events.jsonl'), 'utf8')
        .trimEnd()
        .split('\n');
    await engine.run(['search-ranks', '--project', project, '--run-id', `whole-${how}`]);
    const id = `last-${how}`;
    const flush = how === 'flushed';
    // Checkpoints are flushed, too.
    const times = events(`whole-${how}`).filter(
      (line) => !flush || /"type":"(checkpoint|finished)"/.test(line),
    );
    const { code, stderr, stdout } = await onFullDisk(id, /events\.jsonl$/, times.length, { flush });
    const file = join(project, 'runs', id, 'events.jsonl');
    expect(stderr).toContain(`${file}: no space is left on the disk. The run has ended`);
    expect(stderr).not.toContain('--resume');
    expect(code).toBe(0);
    expect(stdout).toContain('done: 20');
    expect(resultOf(id).status).toBe('succeeded');
    const { stdout: listed } = await engine.run(['runs', '--project', project, '--json']);
    const line = listed.split('\n').find((one) => one.includes(`"${id}"`));
    expect(JSON.parse(line!)).toMatchObject({ id, state: 'succeeded' });
  });
});

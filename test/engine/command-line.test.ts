import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ERRORS } from '../../src/protocol/errors.ts';
import { STAGE_NAMES } from '../../src/protocol/stages.ts';
import { temporaryFolder } from '../temporary-folders.ts';
import { Engine } from './engine-process.ts';
import { makeProject, writeConcept } from './example-project.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.build('test/engine/fake-dnw.ts');
});

describe('help', () => {
  test.each([...STAGE_NAMES, 'validate', 'describe', 'devices', 'runs', 'stop', 'serve', 'explain'])(
    'dnw %s --help shows options, an example and the exit codes',
    async (command) => {
      const { code, stdout, stderr } = await engine.run([command, '--help']);
      expect(stdout).toContain(`Usage: dnw ${command}`);
      expect(stdout).toContain(`$ dnw ${command}`);
      expect(stdout).toMatch(/Exit codes:[\s\S]*130/);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
  );

  test('dnw --help lists every stage in the order of the method', async () => {
    const { code, stdout } = await engine.run(['--help']);
    const listed = stdout
      .split('\n')
      .flatMap((line) => /^ {2}([a-z][a-z-]+) \[options\]/.exec(line)?.[1] ?? []);
    expect(listed.slice(0, STAGE_NAMES.length)).toEqual([...STAGE_NAMES]);
    expect(code).toBe(0);
  });
});

describe('a wrong command line ends with code 2, says what is wrong and begins nothing', () => {
  let project: string;
  beforeAll(async () => {
    project = await makeProject();
    writeFileSync(join(project, 'other.training.yaml'), 'extends: preset:fast\n');
  });

  test.each([
    ['an unknown command', ['fine-tun'], 'fine-tune?) [DNW-101]'],
    ['an unknown option', ['runs', '--all'], '--all'],
    ['a device that does not exist', ['train-base', '--device', 'gpu'], 'webgpu'],
    [
      'a number that is none',
      ['fine-tune', '--concept', 'snow', '--steps', 'ten'],
      "error: option '--steps <n>' argument 'ten' is invalid. It must be a whole number from 0 to 10000000. [DNW-105]\n",
    ],
    [
      'an option without its value',
      ['fine-tune', '--concept'],
      "option '--concept <name>' argument missing [DNW-102]",
    ],
    [
      'two ways to name a run',
      ['fine-tune', '--concept', 'snow', '--resume', '--run-id', 'a'],
      "option '--run-id <id>' cannot be used with option '--resume [run]' [DNW-104]",
    ],
    [
      'no draws to choose from',
      ['denoise', '--concept', 'snow', '--best-of', '0'],
      'whole number from 1 to 64',
    ],
    ['a missing concept', ['fine-tune', '--training', 'tiny'], '--concept: fog, snow'],
    ['a misspelt concept', ['fine-tune', '--training', 'tiny', '--concept', 'snwo'], 'Did you mean snow?'],
    ['two training configs to choose from', ['train-base'], '--training: other, tiny'],
    ['an unknown training config', ['train-base', '--training', 'huge'], 'Available: other, tiny'],
    ['missing images', ['translate', '--training', 'tiny', '--concept', 'snow'], '--input'],
    [
      'images that are not there',
      ['translate', '--training', 'tiny', '--concept', 'snow', '--input', 'nowhere', '--output', 'out'],
      'nowhere: there is no such file or folder',
    ],
    [
      'a pattern that the shell has expanded',
      ['translate', '--concept', 'snow', '--input', 'a.png', 'b.png', '--output', 'out'],
      "too many arguments for 'translate'. Expected 0 arguments but got 1. If a pattern such as *.png was given, the shell has made several names of it. --input takes one file or folder: name the folder. [DNW-101]",
    ],
    [
      'a pattern that the shell has left alone',
      ['translate', '--training', 'tiny', '--concept', 'snow', '--input', 'images/*.jpg', '--output', 'out'],
      'images/*.jpg: there is no such file or folder. Patterns are not expanded: name one file, or a folder.',
    ],
    [
      'an address',
      [
        'translate',
        '--training',
        'tiny',
        '--concept',
        'snow',
        '--input',
        'https://a.b/c.png',
        '--output',
        'out',
      ],
      '--input https://a.b/c.png: there is no such file or folder. Only files are read, not web addresses.',
    ],
    ['a file as the project', ['train-base', '--project', 'tiny.training.yaml'], 'no project in this folder'],
    ['a file to list the runs of', ['runs', '--project', 'tiny.training.yaml'], 'no project in this folder'],
    [
      'a file as the folder for images',
      [
        ...['translate', '--training', 'tiny', '--concept', 'snow'],
        ...['--input', 'images', '--output', 'tiny.training.yaml'],
      ],
      '--output tiny.training.yaml: this is a file',
    ],
    [
      'a file for the weights of a concept',
      ['denoise', '--training', 'tiny', '--concept', 'snow', '--output', 'x.safetensors'],
      "--output x.safetensors: a concept's weights are written to its own folder",
    ],
    [
      'a run id with a path in it',
      ['train-base', '--training', 'tiny', '--run-id', '../x'],
      'letters, digits',
    ],
    [
      'a run id that begins with a dot',
      ['train-base', '--training', 'tiny', '--run-id', '.hidden'],
      '--run-id ".hidden": a run id begins with a letter or digit, and consists of at most 200',
    ],
    ['a run that does not exist', ['train-base', '--resume', 'never'], 'never: no such run'],
    ['nothing to resume', ['train-base', '--resume'], 'No train-base run'],
  ])('%s', async (_what, args, message) => {
    const { code, stdout, stderr } = await engine.run(args, { cwd: project });
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(readdirSync(project)).not.toContain('runs');
  });

  test('no project in this folder or above it', async () => {
    const { code, stderr } = await engine.run(['runs'], { cwd: temporaryFolder() });
    expect(stderr).toContain('no project in this folder or above it');
    expect(code).toBe(2);
  });
});

test('a file where the runs belong is named, without a stack', async () => {
  const project = await makeProject();
  writeFileSync(join(project, 'runs'), '');
  const { code, stderr } = await engine.run(['fine-tune', '--project', project, '--concept', 'snow']);
  expect(stderr).toMatch(
    /^\S*runs\S*: .+ Rename or remove the file that is there instead of the folder\. \[DNW-183\]\nTo read more: dnw explain DNW-183\n$/,
  );
  expect(code).toBe(1);
});

test('a start that fails is not recorded where a link points outside the project', async () => {
  const project = await makeProject();
  const outside = join(temporaryFolder(), 'notes.txt');
  writeFileSync(outside, 'mine');
  mkdirSync(join(project, 'runs', 'r1'), { recursive: true });
  symlinkSync(outside, join(project, 'runs', 'r1', 'events.jsonl'));
  const { code, stderr } = await engine.run(['prepare', '--project', project, '--run-id', 'r1']);
  expect(stderr).toContain('events.jsonl: nothing is written there, because a link points outside');
  expect(code).toBe(1);
  expect(readFileSync(outside, 'utf8')).toBe('mine');
});

test('the project is found from a folder inside it', async () => {
  const project = await makeProject();
  const { code, stderr } = await engine.run(['validate'], { cwd: join(project, 'images') });
  expect(stderr).toContain('2 concepts and 1 training configs');
  expect(code).toBe(0);
});

describe('dnw explain', () => {
  test('says of a code why it is, what to do, and how it looks, however the code is typed', async () => {
    const { code, title, cause, remedy, example } = ERRORS['missing-path'];
    const expected = `${code}: ${title}\n\nCause: ${cause}\nRemedy: ${remedy}\nExample:\n  ${example} [${code}]\n`;
    for (const typed of [code, code.toLowerCase(), code.slice('DNW-'.length), `[${code}]`]) {
      expect(await engine.run(['explain', typed])).toMatchObject({ code: 0, stdout: expected, stderr: '' });
    }
  });

  test('lists all codes, as text and as JSON', async () => {
    const lines = (text: string) => text.trimEnd().split('\n');
    const entries = Object.values(ERRORS);
    const { stdout } = await engine.run(['explain']);
    expect(lines(stdout)).toEqual(entries.map(({ code, title }) => `${code}  ${title}`));
    const json = await engine.run(['explain', '--json']);
    expect(lines(json.stdout).map((line) => JSON.parse(line))).toEqual(entries);
  });

  test('refuses a code that does not exist', async () => {
    const { code, stderr } = await engine.run(['explain', 'DNW-999']);
    expect(stderr).toContain('"DNW-999": there is no such code. To list all codes: dnw explain [DNW-109]\n');
    expect(code).toBe(2);
  });
});

describe('YAML files with errors', () => {
  let project: string;
  beforeAll(async () => {
    project = await makeProject();
    writeConcept(project, 'rain', 'it rains');
  });

  test('dnw validate names file, line and column and ends with code 2', async () => {
    const { code, stdout } = await engine.run(['validate', '--project', project]);
    expect(stdout).toMatch(/rain\.concept\.yaml:\d+:\d+: error: /);
    expect(code).toBe(2);
  });

  test('dnw validate counts every problem in its last line, and says how many are not listed', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'concepts'));
    const keys = Array.from({ length: 130 }, (_, i) => `key${i}: 1\n`).join('');
    writeFileSync(join(folder, 'wrong.training.yaml'), keys);
    const { stderr } = await engine.run(['validate', '--project', folder]);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'To read more: dnw explain DNW-125',
      '0 concepts and 0 training configs without errors; 130 errors, 0 warnings (30 of them not listed)',
    ]);
  });

  test('dnw validate --json prints one problem a line and nothing else', async () => {
    const { stdout, stderr } = await engine.run(['validate', '--project', project, '--json']);
    const problems = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(problems).toEqual([
      expect.objectContaining({ file: join(project, 'concepts', 'rain.concept.yaml'), severity: 'error' }),
    ]);
    expect(stderr).toBe('');
  });

  test('stop a stage over all concepts, not one over another concept', async () => {
    const all = await engine.run(['collect', '--project', project]);
    expect(all.stderr).toContain('rain.concept.yaml');
    expect(all.code).toBe(2);
    const broken = await engine.run(['fine-tune', '--project', project, '--concept', 'rain']);
    expect(broken.code).toBe(2);
    const sound = await engine.run(['fine-tune', '--project', project, '--concept', 'snow']);
    expect(sound.code).toBe(0);
  });

  test('a training config with an error is reported where it is named', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'concepts'));
    writeFileSync(join(folder, 'wrong.training.yaml'), 'image:\n  size: 3\n');
    const { code, stderr } = await engine.run(['train-base', '--project', folder]);
    expect(stderr).toMatch(/wrong\.training\.yaml:2:\d+: error: /);
    expect(code).toBe(2);
  });
});

// Windows keeps a folder that a process works in.
test.skipIf(process.platform === 'win32')(
  'a working folder that was deleted is said, and not needed where all paths are absolute',
  async () => {
    const project = await makeProject();
    const inDeleted = (...args: string[]) => {
      const script = 'cd "$1" && rmdir "$1" && shift && exec "$@"';
      const all = ['-c', script, 'sh', temporaryFolder(), process.execPath, engine.program, ...args];
      return spawnSync('sh', all, { encoding: 'utf8' });
    };
    const images = ['--input', join(project, 'images'), '--output', join(project, 'out')];
    for (const args of [
      ['runs'],
      ['validate'],
      ['describe'],
      ['denoise', '--concept', 'snow'],
      ['runs', '--project', '.'],
      ['translate', '--project', project, '--concept', 'snow', '--input', 'images', '--output', 'out'],
    ]) {
      const { stderr, status } = inDeleted(...args);
      expect([args, stderr.split('\n')[0], status]).toEqual([
        args,
        'The working folder no longer exists. Change to another folder, or give --project and all files by absolute paths. [DNW-110]',
        1,
      ]);
    }
    const named = inDeleted('translate', '--project', project, '--concept', 'snow', ...images);
    expect([named.stderr, named.status]).toEqual([expect.not.stringContaining('working folder'), 0]);
    expect(inDeleted('runs', '--project', project)).toMatchObject({ stderr: '', status: 0 });
  },
);

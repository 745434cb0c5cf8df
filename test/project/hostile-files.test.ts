import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConcept } from '../../src/project/files/project-files.ts';
import { formatProblem } from '../../src/project/problem.ts';
import { decodeYaml } from '../../src/project/yaml/decode.ts';
import { MAX_FILE_BYTES } from '../../src/project/yaml/limits.ts';
import { parseYaml } from '../../src/project/yaml/parse.ts';
import { readYaml } from '../../src/project/yaml/read.ts';
import { temporaryProject } from './temporary-project.ts';

const FILE = '/project/a.training.yaml';

/** `line:column kind message` of the first problem. */
function first(text: string): string {
  const { problems } = parseYaml(FILE, text);
  const [problem] = problems;
  return problem ? `${problem.line}:${problem.column} ${problem.kind} ${problem.message}` : 'no problem';
}

function firstOfBytes(bytes: Uint8Array): string {
  const [problem] = decodeYaml(FILE, bytes).problems;
  return problem ? `${problem.line}:${problem.column} ${problem.kind} ${problem.message}` : 'no problem';
}

const DEEP = 'too-large Lists and mappings are nested more than 32 deep.';

describe('text that is no configuration', () => {
  it.each<[string, string, string]>([
    ['nothing', '', '1:1 syntax The file is empty.'],
    ['a comment alone', '# nothing\n', '1:1 syntax The file is empty.'],
    [
      'a tab for indentation',
      'image:\n\tsize: 64\n',
      '2:1 syntax A tab is used for indentation, which YAML forbids.',
    ],
    ['a NUL character', 'seed: 1\nname: a\0b\n', '2:8 encoding The text contains a NUL character.'],
    ['two documents', 'seed: 1\n---\nseed: 2\n', '2:1 syntax The file contains several YAML documents.'],
    [
      'a key twice',
      'seed: 1\nimage: {}\nseed: 2\n',
      '3:1 duplicate-key The key `seed` appears twice in this mapping.',
    ],
    ['an unclosed quote', 'device: "cpu\nseed: 1\n', '3:1 syntax Missing closing "quote.'],
    [
      'an unclosed bracket',
      'collect: { holdOut: [a, b\n',
      '2:1 syntax Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    ['an alias to nothing', 'seed: *one\n', '1:7 syntax The alias *one has no anchor &one before it.'],
    [
      'an alias inside what it names',
      'image: &a { size: *a }\n',
      '1:19 syntax The alias *a is inside the value that it names.',
    ],
    ['a list as a key', '[a, b]: 1\n', '1:1 syntax A key must be plain text.'],
    ['an unknown tag', 'seed: !dice 6\n', '1:7 syntax Unresolved tag: !dice.'],
    ['brackets without end', '['.repeat(60_000), `1:33 ${DEEP}`],
    ['braces without end', '{a: '.repeat(15_000), `1:129 ${DEEP}`],
    ['dashes without end', '- '.repeat(30_000), `1:65 ${DEEP}`],
    ['question marks without end', '? '.repeat(30_000), `1:65 ${DEEP}`],
    [
      'aliases without end',
      `a: &a 1\nb: [${'*a, '.repeat(15_000)}]\n`,
      '2:405 too-large There are more than 100 aliases (*name).',
    ],
  ])('%s', (_name, text, expected) => {
    expect(first(text)).toBe(expected);
  });

  it('nesting by indentation', () => {
    const text = Array.from({ length: 350 }, (_, i) => `${' '.repeat(i)}k:\n`).join('');
    expect(first(text)).toBe(`33:33 ${DEEP}`);
  });

  it('aliases that multiply each other', () => {
    const text = Array.from(
      { length: 8 },
      (_, i) =>
        `k${i}: &a${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*a${i - 1}`)
          .join(', ')}]\n`,
    ).join('');
    expect(first(text)).toBe('1:1 too-large The aliases (*name) repeat content more than 100 times.');
  });

  it('as many equal keys as fit', () => {
    const { problems } = parseYaml(FILE, 'a: 1\n'.repeat(13_000));
    expect(problems).toHaveLength(12_999);
    expect(problems[0]).toMatchObject({ line: 2, kind: 'duplicate-key' });
  });

  it('more text than is read', () => {
    expect(first(`# ${'x'.repeat(MAX_FILE_BYTES)}`)).toBe(
      `1:1 too-large The file has ${MAX_FILE_BYTES + 2} characters; at most ${MAX_FILE_BYTES} are read.`,
    );
  });

  it('a key that would reach an object’s prototype', async () => {
    const { problems } = await readConcept(FILE, async () =>
      parseYaml(FILE, '__proto__: { polluted: 1 }\nprompt: x\n'),
    );
    expect(problems.map(({ message }) => message)).toContain('Unknown key `__proto__` at the top level.');
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('encodings', () => {
  it('takes a byte order mark for what it is', () => {
    expect(decodeYaml(FILE, Buffer.from('\ufeffseed: 1\n')).value).toEqual({ seed: 1 });
  });

  it.each<[string, Uint8Array, string]>([
    [
      'UTF-16 with a mark',
      Buffer.from('\ufeffseed: 1\n', 'utf16le'),
      '1:1 encoding The file is encoded as UTF-16, not as UTF-8.',
    ],
    [
      'UTF-16 without',
      Buffer.from('seed: 1\n', 'utf16le'),
      '1:1 encoding The file is encoded as UTF-16 or UTF-32, not as UTF-8.',
    ],
    [
      'Latin-1',
      Buffer.from('seed: 1\nprompt: café\n', 'latin1'),
      '2:12 encoding This character is not valid UTF-8; the file may be encoded as Latin-1 or Windows-1252.',
    ],
    [
      'an image',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      '1:1 encoding This character is not valid UTF-8; the file may be encoded as Latin-1 or Windows-1252.',
    ],
  ])('%s', (_name, bytes, expected) => {
    expect(firstOfBytes(bytes)).toBe(expected);
  });
});

describe('what a path may lead to', () => {
  it('a file of gigabytes is not read', async () => {
    const folder = await temporaryProject({});
    const path = join(folder, 'big.training.yaml');
    execFileSync('truncate', ['-s', '3G', path]);
    const [problem] = (await readYaml(path)).problems;
    expect(problem).toMatchObject({
      kind: 'too-large',
      message: 'The file has 3221225472 bytes; at most 65536 are read.',
    });
  });

  it('a folder, a named pipe, nothing', async () => {
    const folder = await temporaryProject({ 'folder.concept.yaml/x': '' });
    const pipe = join(folder, 'pipe.concept.yaml');
    execFileSync('mkfifo', [pipe]);
    const messages = await Promise.all(
      [join(folder, 'folder.concept.yaml'), pipe, join(folder, 'none.concept.yaml')].map(
        async (path) => (await readYaml(path)).problems[0]!.message,
      ),
    );
    expect(messages).toEqual([
      'This is not a regular file.',
      'This is not a regular file.',
      'The file cannot be opened: there is no such file or folder.',
    ]);
  });
});

describe('the form of a problem in a terminal', () => {
  it('begins with what terminals make a link of', () => {
    const [problem] = parseYaml(FILE, 'seed: 1\nseed: 2\n').problems;
    expect(formatProblem(problem!)).toBe(
      '/project/a.training.yaml:2:1: error: The key `seed` appears twice in this mapping. Keep one of the two. [DNW-124]',
    );
  });
});

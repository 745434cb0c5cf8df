/** Damage that files and messages may have, drawn from a seed: the same numbers always give the same damage. */
import type { Random } from '../../src/data/random.ts';

const pick = <T>(random: Random, list: readonly T[]): T => list[random.int(list.length)]!;
const times = (random: Random, most: number) => 1 + random.int(most);

/** A range inside `length` elements, at most `most` long. */
function range(random: Random, length: number, most = 64): [start: number, end: number] {
  const start = random.int(length + 1);
  return [start, Math.min(length, start + random.int(most + 1))];
}

function replaced(bytes: Buffer, [start, end]: [number, number], by: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)]);
}

const noise = (random: Random, length: number) => Uint8Array.from({ length }, () => random.int(256));

type Mutator<T> = (content: T, random: Random) => T;

const BYTE_MUTATORS: readonly Mutator<Buffer>[] = [
  // A flipped bit, as of a bad disk.
  (bytes, random) => {
    if (bytes.length === 0) return bytes;
    const copy = Buffer.from(bytes);
    const at = random.int(bytes.length);
    copy[at]! ^= 1 << random.int(8);
    return copy;
  },
  // A byte that often has a meaning.
  (bytes, random) => {
    if (bytes.length === 0) return bytes;
    const copy = Buffer.from(bytes);
    copy[random.int(bytes.length)] = pick(random, [0, 1, 0x0a, 0x20, 0x22, 0x7b, 0x7f, 0x80, 0xff]);
    return copy;
  },
  (bytes, random) => bytes.subarray(0, random.int(bytes.length + 1)),
  (bytes, random) => replaced(bytes, range(random, bytes.length), new Uint8Array()),
  (bytes, random) => {
    const [at] = range(random, bytes.length);
    return replaced(bytes, [at, at], noise(random, times(random, 32)));
  },
  (bytes, random) => {
    const found = range(random, bytes.length);
    return replaced(bytes, found, noise(random, found[1] - found[0]));
  },
  (bytes, random) => {
    const [start, end] = range(random, bytes.length);
    return replaced(bytes, [end, end], bytes.subarray(start, end));
  },
  // A hole, as a crash of the machine leaves it.
  (bytes, random) => {
    const found = range(random, bytes.length, 4096);
    return replaced(bytes, found, new Uint8Array(found[1] - found[0]));
  },
];

/** Damages bytes in one to three places. */
export function mutateBytes(bytes: Uint8Array, random: Random): Buffer {
  let mutated: Buffer = Buffer.from(bytes);
  for (let n = times(random, 3); n > 0; n--) mutated = pick(random, BYTE_MUTATORS)(mutated, random);
  return mutated;
}

/** Pieces of text that YAML, JSON, paths or terminals give a meaning to. */
const TOKENS: readonly string[] = [
  ...[': ', '- ', '? ', '# ', '\n', '\t', '\r', '\n---\n', '\n...\n', '%YAML 1.1\n', '|\n', '>-\n', '<<: '],
  ...['&a ', '*a', '*none', '!!binary ', '!!set ', '!dice ', '!', '@', '`', '"', "'", '\\', '\\u0000', '""'],
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    '{}',
    '[]',
    '{a: ',
    '~',
    'null',
    'true',
    'no',
    '.nan',
    '.inf',
    '-.inf',
    '1e999',
  ],
  ...['0x10', '0o17', '-1', '0', '1.5', '0,5', '99999999999999999999', '2026-11-30', '12:30:45', '1_000'],
  ...[
    '\0',
    '\ufeff',
    '\u202e',
    '\u2028',
    '\ud800',
    '\u0085',
    'ä',
    'a\u0308',
    '👩‍🚀',
    '<b>',
    '$(x)',
    '..',
    '/',
    '../..',
  ],
  ...['__proto__: {}\n', 'constructor: 1\n', 'extends: tiny\n', 'prompt: a\n', 'extends: preset:fast\n'],
  ...['['.repeat(40), '- '.repeat(40), 'x'.repeat(3000), '*a, '.repeat(120), 'k: 1\n'.repeat(300)],
];

const TEXT_MUTATORS: readonly Mutator<string>[] = [
  (text, random) => {
    const at = random.int(text.length + 1);
    return text.slice(0, at) + pick(random, TOKENS) + text.slice(at);
  },
  // In the place of a word, so that the rest stays a mapping.
  (text, random) => {
    const words = [...text.matchAll(/[\w./:-]+/g)];
    if (words.length === 0) return text;
    const { 0: word, index } = pick(random, words);
    const by = random.int(3) === 0 ? pick(random, words)[0] : pick(random, TOKENS);
    return text.slice(0, index) + by + text.slice(index + word.length);
  },
  (text, random) => {
    const [start, end] = range(random, text.length, 20);
    return text.slice(0, start) + text.slice(end);
  },
  (text, random) => withLines(text, random, (lines, at) => lines.splice(at, 1)),
  (text, random) =>
    withLines(text, random, (lines, at) => lines.splice(at, 0, lines[random.int(lines.length)]!)),
  (text, random) =>
    withLines(text, random, (lines, at) => {
      lines[at] = `${pick(random, ['', ' ', '  ', '   ', '\t'])}${lines[at]!.trimStart()}`;
    }),
  (text, random) =>
    withLines(text, random, (lines, at) => {
      lines[at] = lines[at]!.repeat(times(random, 4));
    }),
];

function withLines(text: string, random: Random, change: (lines: string[], at: number) => void): string {
  const lines = text.split('\n');
  change(lines, random.int(lines.length));
  return lines.join('\n');
}

/** Damages a text in one to three places; the result may also be bytes that are no text. */
export function mutateText(text: string, random: Random): Buffer {
  if (random.int(8) === 0) return mutateBytes(Buffer.from(text), random);
  let mutated = text;
  for (let n = times(random, 3); n > 0; n--) mutated = pick(random, TEXT_MUTATORS)(mutated, random);
  return Buffer.from(mutated);
}

/** Values that a program may not expect in the place of others. */
const ODD_VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    0.5,
    1e308,
    -1e308,
    2 ** 53,
    4294967296,
    '',
    ' ',
    'x',
    '../..',
    '/',
    '\0',
    '-x',
  ],
  ...[
    '<b>',
    '\u202e',
    'x'.repeat(5000),
    [],
    {},
    [[]],
    [null],
    { '': 0 },
    [0, -1],
    ['x'],
    { a: { a: { a: {} } } },
  ],
  ...['/dev/zero', 'constructor', '__proto__', '$(x)', 'NaN', '1e999'],
];

type Container = Record<string, unknown> | unknown[];

/** Every object and list inside a value, with itself. */
function containersIn(value: unknown): Container[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Container, ...Object.values(value).flatMap(containersIn)];
}

/** Damages a JSON value in one or two places: values, keys, and what is there at all. */
export function mutateJson(value: unknown, random: Random): unknown {
  const copy: unknown = structuredClone(value);
  for (let n = times(random, 2); n > 0; n--) {
    const containers = containersIn(copy);
    if (containers.length === 0 || random.int(20) === 0) return structuredClone(pick(random, ODD_VALUES));
    const container = pick(random, containers) as Record<string, unknown>;
    const keys = Object.keys(container);
    if (keys.length === 0) {
      container[pick(random, ['0', 'x', 'toString'])] = structuredClone(pick(random, ODD_VALUES));
      continue;
    }
    const key = pick(random, keys);
    const change = random.int(4);
    if (change === 0 && !Array.isArray(container)) {
      container[`${key}${pick(random, ['', 'x', ' '])}`] = structuredClone(container[pick(random, keys)]);
      delete container[key];
    } else if (change === 1 && Array.isArray(container)) container.splice(Number(key), random.int(2) + 1);
    else container[key] = structuredClone(pick(random, ODD_VALUES));
  }
  return copy;
}

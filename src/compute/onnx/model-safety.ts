/**
 * What somebody else's model file may make ONNX Runtime do: compute with its own operators, and read files next to the
 * model. This is read from the file itself (onnx.proto), before the runtime sees it.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, posix, win32 } from 'node:path';
import protobuf from 'protobufjs/minimal.js';
import { otherFormat, TELLING_BYTES } from '../../project/disk/other-format.ts';
import { isWithin, realPath } from '../../project/disk/real-path.ts';
import { inertLine } from '../../protocol/inert-text.ts';

/** A model that is not opened. The message completes a sentence about the file. */
export class UnsafeModelError extends Error {
  override name = 'UnsafeModelError';
}

/** Operators that the runtime itself has. */
const DOMAINS: ReadonlySet<string> = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft']);
/** Operators of these domains that load what another program has compiled, from a file that they name. */
const LOADING: ReadonlySet<string> = new Set(['EPContext']);
/** Graphs in the attributes of nodes, such as the branches of a condition. */
const DEEPEST = 64;
/** Largest model, in bytes: protocol buffers allow no more. */
const MOST_BYTES = 2 ** 31 - 1;

type Reader = protobuf.Reader;
/** Reads a field of a message, or ignores it. */
type Fields = Readonly<Record<number, (reader: Reader, length: number) => void>>;

interface Found {
  readonly nodes: { readonly op: string; readonly domain: string }[];
  /** Places of external data, as written. */
  readonly locations: Set<string>;
  /** Domains of the functions that the model defines itself. */
  readonly ownDomains: Set<string>;
}

function readMessage(reader: Reader, end: number, fields: Fields): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = fields[tag >>> 3];
    if (field !== undefined && (tag & 7) === 2) {
      const length = reader.uint32();
      const after = reader.pos + length;
      if (after > end) throw new RangeError('a field is longer than its message');
      field(reader, length);
      reader.pos = after;
    } else reader.skipType(tag & 7);
  }
}

function textOf(reader: Reader, length: number): string {
  return new TextDecoder().decode(reader.buf.subarray(reader.pos, reader.pos + length));
}

function findings(bytes: Uint8Array): Found {
  const found: Found = { nodes: [], locations: new Set(), ownDomains: new Set() };
  const inside = (fields: () => Fields) => (reader: Reader, length: number) =>
    readMessage(reader, reader.pos + length, fields());
  const tensor = inside(() => ({
    13: (reader, length) => {
      let [key, value] = ['', ''];
      readMessage(reader, reader.pos + length, {
        1: (inner, size) => {
          key = textOf(inner, size);
        },
        2: (inner, size) => {
          value = textOf(inner, size);
        },
      });
      if (key === 'location') found.locations.add(value);
    },
  }));
  const sparseTensor = inside(() => ({ 1: tensor, 2: tensor }));
  const graphAt = (depth: number) =>
    inside(() => {
      if (depth > DEEPEST) throw new UnsafeModelError(`its graphs are nested more than ${DEEPEST} deep`);
      return { 1: nodeAt(depth), 5: tensor, 15: sparseTensor };
    });
  const nodeAt = (depth: number) => (reader: Reader, length: number) => {
    let [op, domain] = ['', ''];
    const inner = graphAt(depth + 1);
    readMessage(reader, reader.pos + length, {
      4: (part, size) => {
        op = textOf(part, size);
      },
      5: inside(() => ({ 5: tensor, 6: inner, 10: tensor, 11: inner, 22: sparseTensor, 23: sparseTensor })),
      7: (part, size) => {
        domain = textOf(part, size);
      },
    });
    found.nodes.push({ op, domain });
  };
  const node = nodeAt(0);
  const reader = protobuf.Reader.create(bytes);
  readMessage(reader, bytes.length, {
    7: graphAt(0),
    25: inside(() => ({
      7: node,
      10: (part, size) => {
        found.ownDomains.add(textOf(part, size));
      },
    })),
  });
  return found;
}

/**
 * Checks somebody else's model file.
 * @throws UnsafeModelError if it is not a model, needs operators that the runtime does not have itself, or reads files
 *   outside its folder
 */
export async function refuseUnsafeModel(file: string): Promise<void> {
  const stats = await stat(file);
  if (!stats.isFile()) throw new UnsafeModelError('it is not a file. Name an ONNX file');
  if (stats.size > MOST_BYTES) {
    throw new UnsafeModelError('it is larger than 2 GiB. Export the weights as external data');
  }
  const bytes = await readFile(file);
  if (bytes.length === 0) throw new UnsafeModelError('it is empty. Export the network in ONNX format');
  let found: Found;
  try {
    found = findings(bytes);
  } catch (error) {
    if (error instanceof UnsafeModelError) throw error;
    const other = otherFormat(bytes.subarray(0, TELLING_BYTES));
    const is = other === undefined ? 'it is not a whole ONNX model' : `it is ${other.is}, not an ONNX model`;
    throw new UnsafeModelError(`${is}. Export the network in ONNX format`, { cause: error });
  }
  const foreign = found.nodes.find(
    ({ op, domain }) => LOADING.has(op) || !(DOMAINS.has(domain) || found.ownDomains.has(domain)),
  );
  if (foreign !== undefined) {
    const { op, domain } = foreign;
    throw new UnsafeModelError(
      `it needs the operator ${inertLine(domain === '' ? op : `${domain}:${op}`)}, which is code from elsewhere and is not loaded. Export it with the operators of ONNX itself`,
    );
  }
  const folder = dirname(file);
  const roots = [await realPath(folder), dirname(await realPath(file))];
  for (const location of found.locations) {
    if (await staysIn(roots, folder, location)) continue;
    throw new UnsafeModelError(
      `it keeps weights in ${inertLine(JSON.stringify(location))}, which is not a file in its own folder. Put the file beside the model and export it again`,
    );
  }
}

async function staysIn(roots: readonly string[], folder: string, location: string): Promise<boolean> {
  const names = location.split(/[\\/]/);
  const isAway = posix.isAbsolute(location) || win32.isAbsolute(location) || /^[a-z]:/i.test(location);
  if (isAway || names.includes('..') || location.includes('\0')) return false;
  const path = join(folder, location);
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isFile) return false;
  const real = await realPath(path);
  return roots.some((root) => isWithin(root, real));
}

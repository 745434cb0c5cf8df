/**
 * A failing file layer, loaded into the engine before its own code (`node --import`). It counts the calls that change the
 * disk, and at the n-th one ends the process with SIGKILL, or has the disk be full from then on.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { type CountedCalls, FAULT_VARIABLE, type Fault } from './fault.ts';

const fault = JSON.parse(process.env[FAULT_VARIABLE] ?? '{"kind":"none"}') as Fault;

const counted: CountedCalls = { calls: 0, ofSpace: 0 };

/** Whether the next call's number has come, or for a full disk has passed. */
function strikes(needsSpace: boolean): boolean {
  counted.calls++;
  if (needsSpace) counted.ofSpace++;
  if (fault.kind === 'kill') return counted.calls === fault.at;
  return fault.kind === 'full' && needsSpace && counted.ofSpace >= fault.at;
}

const die = () => process.kill(process.pid, 'SIGKILL');

function noSpace(syscall: string, path: unknown): Error {
  return Object.assign(new Error(`ENOSPC: no space left on device, ${syscall}`), {
    code: 'ENOSPC',
    errno: -28,
    syscall,
    // As in Node.js: calls on an open file do not say which file it is.
    ...(typeof path === 'string' && { path }),
  });
}

type Call = (this: unknown, ...args: unknown[]) => unknown;

interface Patch {
  /** Whether a full disk stops the call. */
  readonly needsSpace: boolean;
  readonly async: boolean;
  /** Writes half of what the call was to write. */
  readonly half?: (self: unknown, args: readonly unknown[]) => void;
  /** Whether the call changes the disk at all. */
  readonly applies?: (args: readonly unknown[]) => boolean;
}

function patch(target: object, name: string, { needsSpace, async, half, applies }: Patch): void {
  const methods = target as Record<string, Call>;
  const original = methods[name]!;
  methods[name] = function (...args) {
    if (applies?.(args) === false || !strikes(needsSpace)) return original.apply(this, args);
    if (fault.kind === 'full') {
      if (counted.ofSpace === fault.at) half?.(this, args);
      const error = noSpace(name, args[0]);
      if (async) return Promise.reject(error);
      throw error;
    }
    if (fault.kind === 'kill' && fault.when === 'half') half?.(this, args);
    if (fault.kind === 'kill' && fault.when === 'after') {
      const result = original.apply(this, args);
      if (!async) die();
      return Promise.resolve(result).finally(die);
    }
    die();
    return original.apply(this, args);
  };
}

const bytesOf = (content: unknown) =>
  typeof content === 'string'
    ? Buffer.from(content)
    : ArrayBuffer.isView(content)
      ? viewed(content)
      : Buffer.alloc(0);
const viewed = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);

const write = fs.writeSync;
function writeHalf(descriptor: unknown, content: unknown): void {
  if (typeof descriptor !== 'number') return;
  const bytes = bytesOf(content);
  write(descriptor, bytes.subarray(0, bytes.length >> 1));
}

/** Standard output is where the campaign puts it, which is not the disk of the project. */
const isFile = ([to]: readonly unknown[]) => typeof to !== 'number' || to > 2;

const opensForWriting = ([, flags]: readonly unknown[]) => typeof flags === 'string' && /[wa+]/.test(flags);

const space = { needsSpace: true };
const noneNeeded = { needsSpace: false };

patch(fs, 'openSync', { ...space, async: false, applies: opensForWriting });
patch(fs, 'writeSync', {
  ...space,
  async: false,
  half: (_, args) => writeHalf(args[0], args[1]),
  applies: isFile,
});
patch(fs, 'writeFileSync', { ...space, async: false, half: (_, args) => writeHalf(args[0], args[1]) });
for (const name of ['appendFileSync', 'mkdirSync', 'copyFileSync', 'fsyncSync', 'linkSync'])
  patch(fs, name, { ...space, async: false });
for (const name of ['renameSync', 'rmSync', 'unlinkSync', 'ftruncateSync', 'utimesSync']) {
  patch(fs, name, { ...noneNeeded, async: false });
}
// Before `open` is replaced.
const handle = await fs.promises.open(process.execPath);
const files = Object.getPrototypeOf(handle) as object;
await handle.close();
const descriptorOf = (self: unknown) => (self as { fd: number }).fd;
patch(fs.promises, 'open', { ...space, async: true, applies: opensForWriting });
for (const name of ['writeFile', 'appendFile', 'mkdir', 'copyFile'])
  patch(fs.promises, name, { ...space, async: true });
for (const name of ['rename', 'rm', 'unlink', 'utimes'])
  patch(fs.promises, name, { ...noneNeeded, async: true });
for (const name of ['writeFile', 'write', 'appendFile']) {
  patch(files, name, { ...space, async: true, half: (self, args) => writeHalf(descriptorOf(self), args[0]) });
}
for (const name of ['sync', 'datasync']) patch(files, name, { ...space, async: true });
patch(files, 'truncate', { ...noneNeeded, async: true });
syncBuiltinESMExports();

if (fault.kind === 'count') {
  const { report } = fault;
  const append = fs.appendFileSync.bind(fs);
  process.once('exit', () => append(report, JSON.stringify(counted)));
}

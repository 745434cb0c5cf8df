/**
 * ONNX Runtime's C interface, called directly. The Node binding copies every output of a run to a new array: for 14 M
 * gradients that is 100 ms in a step of 700. Here outputs are written where they are wanted.
 *
 * The interface is a table of function pointers that is only ever added to (onnxruntime_c_api.h), so indices into it
 * are fixed. If the foreign-function library or the runtime's library cannot be loaded, if its version is not the
 * binding's, or if a trial run goes wrong, `createNativeSession` returns undefined and the binding is used.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Binding, BoundSession } from './binding.ts';
import { OnnxGraph } from './onnx-graph.ts';
import { writeModel } from './onnx-writer.ts';
import { SESSION_SETTINGS } from './session.ts';

/** Indices into the table OrtApi. */
const FUNCTIONS = {
  GetErrorMessage: 2,
  CreateEnv: 3,
  CreateSessionFromArray: 8,
  Run: 9,
  CreateSessionOptions: 10,
  DisableMemPattern: 17,
  SetSessionGraphOptimizationLevel: 23,
  SetIntraOpNumThreads: 24,
  SetInterOpNumThreads: 25,
  CreateTensorWithDataAsOrtValue: 49,
  CreateCpuMemoryInfo: 69,
  ReleaseStatus: 93,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseSessionOptions: 100,
  AddSessionConfigEntry: 130,
} as const;

/** The table has had all of these since this version of it. */
const TABLE_VERSION = 17;
const ELEMENT_TYPE = { float32: 1, int32: 6 };
const OPTIMIZE_ALL = 99;
const LOG_ERRORS = 3;
const ARENA_ALLOCATOR = 1;
const DEFAULT_MEMORY = 0;
/** The runtime computes on the caller's stack too. */
const STACK_BYTES = 8 * 2 ** 20;

type Koffi = typeof import('koffi');
/** Pointers are addresses. */
type Pointer = bigint;

/** Argument types of the functions that return a status, as koffi names them. */
const SIGNATURES = {
  CreateEnv: ['int', 'str', 'void *'],
  CreateSessionFromArray: ['void *', 'void *', 'size_t', 'void *', 'void *'],
  Run: ['void *', 'void *', 'void *', 'void *', 'size_t', 'void *', 'size_t', 'void *'],
  CreateSessionOptions: ['void *'],
  DisableMemPattern: ['void *'],
  SetSessionGraphOptimizationLevel: ['void *', 'int'],
  SetIntraOpNumThreads: ['void *', 'int'],
  SetInterOpNumThreads: ['void *', 'int'],
  CreateTensorWithDataAsOrtValue: ['void *', 'void *', 'size_t', 'void *', 'size_t', 'int', 'void *'],
  CreateCpuMemoryInfo: ['int', 'int', 'void *'],
  AddSessionConfigEntry: ['void *', 'str', 'str'],
} satisfies Partial<Record<keyof typeof FUNCTIONS, string[]>>;

type Fallible = keyof typeof SIGNATURES;

class NativeRuntime {
  readonly environment: Pointer;
  readonly memoryInfo: Pointer;
  private readonly functions: Record<Fallible, (...args: unknown[]) => Pointer | null>;
  private readonly release: Record<
    'Status' | 'Session' | 'Value' | 'SessionOptions',
    (value: Pointer) => void
  >;
  private readonly errorMessage: (status: Pointer) => string;

  constructor(
    private readonly koffi: Koffi,
    library: string,
  ) {
    const base = koffi.load(library).func('OrtGetApiBase', 'void *', [])() as Pointer;
    const [getApi, getVersion] = [0, 1].map((index) => this.pointerAt(base, index)) as [Pointer, Pointer];
    const found = koffi.call(getVersion, koffi.proto('str', [])) as string;
    const expected = createRequire(import.meta.url)('onnxruntime-node/package.json').version as string;
    if (found !== expected) throw new Error(`libonnxruntime has version ${found}, its binding ${expected}`);
    const table = koffi.call(getApi, koffi.proto('void *', ['uint32_t']), TABLE_VERSION) as Pointer;
    const bind = (name: keyof typeof FUNCTIONS, result: string, types: string[]) => {
      const pointer = this.pointerAt(table, FUNCTIONS[name]);
      const prototype = koffi.proto(result, types);
      return (...args: unknown[]) => koffi.call(pointer, prototype, ...args);
    };
    this.functions = Object.fromEntries(
      Object.entries(SIGNATURES).map(([name, types]) => [name, bind(name as Fallible, 'void *', types)]),
    ) as typeof this.functions;
    this.errorMessage = bind('GetErrorMessage', 'str', ['void *']) as (status: Pointer) => string;
    this.release = {
      Status: bind('ReleaseStatus', 'void', ['void *']),
      Session: bind('ReleaseSession', 'void', ['void *']),
      Value: bind('ReleaseValue', 'void', ['void *']),
      SessionOptions: bind('ReleaseSessionOptions', 'void', ['void *']),
    };
    this.environment = this.create('CreateEnv', LOG_ERRORS, 'denoised-weights');
    this.memoryInfo = this.create('CreateCpuMemoryInfo', ARENA_ALLOCATOR, DEFAULT_MEMORY);
  }

  /** @throws with the runtime's message */
  call(name: Fallible, ...args: unknown[]): void {
    const status = this.functions[name](...args);
    if (!status) return;
    const message = this.errorMessage(status);
    this.release.Status(status);
    throw new Error(message);
  }

  /** Calls a function that stores what it creates through its last argument. */
  create(name: Fallible, ...args: unknown[]): Pointer {
    const made = new BigUint64Array(1);
    this.call(name, ...args, made);
    return made[0]!;
  }

  free(kind: 'Session' | 'Value' | 'SessionOptions', value: Pointer): void {
    this.release[kind](value);
  }

  tensor({ data, dims }: Binding): Pointer {
    const shape = BigInt64Array.from(dims, BigInt);
    const type = data instanceof Float32Array ? ELEMENT_TYPE.float32 : ELEMENT_TYPE.int32;
    return this.create(
      'CreateTensorWithDataAsOrtValue',
      ...[this.memoryInfo, data, data.byteLength, shape, dims.length, type],
    );
  }

  /** An array of C strings. `keep` must live as long as the array is used. */
  strings(texts: readonly string[]): { pointers: BigUint64Array; keep: Buffer[] } {
    const keep = texts.map((text) => Buffer.from(`${text}\0`));
    return { pointers: BigUint64Array.from(keep, (text) => BigInt(this.koffi.address(text))), keep };
  }

  session(model: Uint8Array, threads: number): Pointer {
    const options = this.create('CreateSessionOptions');
    try {
      // As in session.ts, which gives the reasons.
      this.call('SetSessionGraphOptimizationLevel', options, OPTIMIZE_ALL);
      this.call('SetIntraOpNumThreads', options, threads);
      this.call('SetInterOpNumThreads', options, 1);
      this.call('DisableMemPattern', options);
      for (const [key, value] of Object.entries(SESSION_SETTINGS)) {
        this.call('AddSessionConfigEntry', options, key, value);
      }
      return this.create('CreateSessionFromArray', this.environment, model, model.byteLength, options);
    } finally {
      this.free('SessionOptions', options);
    }
  }

  private pointerAt(table: Pointer, index: number): Pointer {
    return BigInt(this.koffi.decode(table, 8 * index, 'uint64_t') as bigint | number);
  }
}

function bind(runtime: NativeRuntime, model: Uint8Array, threads: number, ends: Ends): BoundSession {
  const session = runtime.session(model, threads);
  const side = (bindings: readonly Binding[]) => ({
    names: runtime.strings(bindings.map(({ name }) => name)),
    values: BigUint64Array.from(bindings, (binding) => runtime.tensor(binding)),
    count: bindings.length,
    // The tensors point into these arrays.
    keep: bindings,
  });
  const [inputs, outputs] = [side(ends.inputs), side(ends.outputs)];
  return {
    run: async () => {
      runtime.call(
        'Run',
        ...[session, null, inputs.names.pointers, inputs.values, inputs.count],
        ...[outputs.names.pointers, outputs.count, outputs.values],
      );
    },
    release: async () => {
      for (const value of [...inputs.values, ...outputs.values]) runtime.free('Value', value);
      runtime.free('Session', session);
    },
  };
}

interface Ends {
  readonly inputs: readonly Binding[];
  readonly outputs: readonly Binding[];
}

/** Path of the runtime's library for this platform, in the binding's package. */
function libraryFile(): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const folder = join(dirname(dirname(entry)), 'bin', 'napi-v6', process.platform, process.arch);
  const name = readdirSync(folder).find((file) =>
    /^(lib)?onnxruntime\.(so\.\d+|dll|[\d.]*dylib)$/.test(file),
  );
  if (name === undefined) throw new Error(`${folder} does not contain ONNX Runtime's library`);
  return join(folder, name);
}

/** Runs y = x + x with input and output bound, twice, since bindings must outlast one run. */
async function tryOut(runtime: NativeRuntime): Promise<void> {
  const graph = new OnnxGraph();
  const x = graph.input('x', 'float32', [2]);
  graph.output('y', graph.add('Add', [x, x]), 'float32', [2]);
  const [input, output] = [new Float32Array(new ArrayBuffer(8)), new Float32Array(new ArrayBuffer(8))];
  const session = bind(runtime, writeModel(graph, { name: 'trial' }), 1, {
    inputs: [{ name: 'x', dims: [2], data: input }],
    outputs: [{ name: 'y', dims: [2], data: output }],
  });
  for (const value of [1.5, -4]) {
    input.fill(value);
    await session.run();
    if (output.some((found) => found !== 2 * value)) throw new Error(`a trial run gives ${output[0]}`);
  }
  await session.release();
}

async function load(): Promise<NativeRuntime | undefined> {
  if (process.env.DNW_NATIVE_SESSION === '0') return undefined;
  try {
    const { default: koffi } = (await import('koffi')) as unknown as { default: Koffi };
    const settings = koffi.config();
    // Cannot be changed after the first call.
    if (settings.sync_stack_size !== STACK_BYTES) koffi.config({ ...settings, sync_stack_size: STACK_BYTES });
    const runtime = new NativeRuntime(koffi, libraryFile());
    await tryOut(runtime);
    return runtime;
  } catch (error) {
    if (process.env.DNW_NATIVE_SESSION === '1') throw error;
    // Everything works through the binding, more slowly.
    return undefined;
  }
}

let runtime: Promise<NativeRuntime | undefined> | undefined;

/**
 * Creates a session of the CPU engine with bound inputs and outputs; undefined if the C interface cannot be used. The
 * environment variable DNW_NATIVE_SESSION=0 turns it off; 1 makes a failed check an error.
 */
export async function createNativeSession(
  graph: OnnxGraph,
  name: string,
  threads: number,
  inputs: readonly Binding[],
  outputs: readonly Binding[],
): Promise<BoundSession | undefined> {
  runtime ??= load();
  const loaded = await runtime;
  return loaded && bind(loaded, writeModel(graph, { name }), threads, { inputs, outputs });
}

/** Runs a step once on a backend that computes nothing and records every kernel call. */

import type { DataId, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import {
  type Attributes,
  type ConstantData,
  constantFrom,
  constantValues,
  type Dtype,
  INPUT,
  KernelGraph,
  PARAMETER,
  type Phase,
  type StepGraph,
  type TensorType,
  type ValueId,
} from '../graph/graph.ts';
import type { KernelName } from '../graph/kernel-types.ts';
import { parameterName } from '../layout.ts';
import { inferTypes, type KernelRule } from '../lower/kernel-rule.ts';
import { findRule } from '../lower/kernels.ts';
import * as tf from '../tfjs/tf.ts';
import type { StepDefinition, StepResult, Tensors } from '../types.ts';

const BACKEND = 'trace';

/** The tfjs op that is running, with the ops that called it. */
function currentOperation(): string {
  const ops = tf
    .engine()
    .state.scopeStack.map(({ name }) => name)
    .filter((name) => name?.endsWith('__op'))
    .map((name) => name.slice(0, -'__op'.length));
  return ops.length > 0 ? `tf.${ops.join(' > tf.')}` : 'the step itself';
}

class TraceBackend extends tf.KernelBackend {
  private readonly values = new Map<DataId, { value: ValueId; references: number }>();

  constructor(readonly graph: KernelGraph) {
    super();
  }

  /** The graph's value behind a tensor; a tensor that another backend made becomes a constant. */
  override valueOf(tensor: TensorInfo): ValueId {
    const known = this.values.get(tensor.dataId);
    if (known) return known.value;
    const data = tf.engine().readSync(tensor.dataId) as ConstantData;
    return this.graph.constant(constantFrom(data), typeOf(tensor));
  }

  tensor(value: ValueId): TensorInfo {
    const dataId = {};
    this.values.set(dataId, { value, references: 1 });
    const { shape, dtype } = this.graph.type(value);
    return { dataId, shape: [...shape], dtype };
  }

  override write(data: ConstantData, shape: number[], dtype: Dtype): DataId {
    const values = dtype === 'float32' && !(data instanceof Float32Array) ? Float32Array.from(data) : data;
    return this.tensor(this.graph.constant(constantFrom(values), { shape, dtype })).dataId;
  }

  override readSync(dataId: DataId): ConstantData {
    const known = this.values.get(dataId);
    const constant = known && this.graph.constantOf(known.value);
    if (constant) return constantValues(constant, this.graph.type(known.value));
    throw new Error(
      `A tensor's values were read while the step was traced (in ${currentOperation()}). ` +
        'They are known only when the compiled step runs: return the tensor as an output instead.',
    );
  }

  override async read(dataId: DataId): Promise<ConstantData> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: DataId): boolean {
    const known = this.values.get(dataId);
    if (!known || --known.references > 0) return !known;
    this.values.delete(dataId);
    return true;
  }

  override incRef(dataId: DataId): void {
    const known = this.values.get(dataId);
    if (known) known.references++;
  }

  override refCount(dataId: DataId): number {
    return this.values.get(dataId)?.references ?? 0;
  }

  override numDataIds(): number {
    return this.values.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.values.clear();
  }
}

/**
 * The half of the step that is running: tfjs runs a gradient's halves in scopes of these names. The innermost decides.
 */
function currentPhase(): Phase {
  const named = tf.engine().state.scopeStack.filter(({ name }) => name === 'forward' || name === 'backward');
  return (named.at(-1)?.name as Phase | undefined) ?? 'forward';
}

function typeOf({ shape, dtype }: TensorInfo): TensorType {
  return { shape, dtype: dtype as Dtype };
}

type TensorsByName = Record<string, TensorInfo> | TensorInfo[];

/** Adds a call to the graph. */
function record<Name extends KernelName>(
  backend: TraceBackend,
  kernel: Name,
  rule: KernelRule<Name>,
  inputs: TensorsByName,
  attrs: Attributes[Name],
): TensorInfo | TensorInfo[] {
  const tensors = rule.inputs
    ? rule.inputs.map((name) => (inputs as Record<string, TensorInfo>)[name]!)
    : Object.values(inputs);
  const types = inferTypes(rule, tensors.map(typeOf), attrs);
  const values = tensors.map((tensor) => backend.valueOf(tensor));
  backend.graph.phase = currentPhase();
  const outputs = backend.graph.add(kernel, values, attrs, types).map((value) => backend.tensor(value));
  return outputs.length === 1 ? outputs[0]! : outputs;
}

/** Makes the output of a kernel without adding a call. */
type Maker<Name extends KernelName> = (
  backend: TraceBackend,
  inputs: TensorsByName,
  attrs: Attributes[Name],
) => TensorInfo;

/** Kernels that make or pass on values, which need no rule. */
const MAKERS: { readonly [Name in KernelName]?: Maker<Name> } = {
  Identity: (backend, inputs) => backend.tensor(backend.valueOf((inputs as { x: TensorInfo }).x)),
  Fill: (backend, _, { shape, value, dtype }) =>
    filled(backend, value as number, { shape, dtype: (dtype as Dtype | undefined) ?? 'float32' }),
  ZerosLike: (backend, inputs) => filled(backend, 0, typeOf((inputs as { x: TensorInfo }).x)),
  OnesLike: (backend, inputs) => filled(backend, 1, typeOf((inputs as { x: TensorInfo }).x)),
  Range: (backend, _, { start, stop, step, dtype }) => {
    const length = Math.max(0, Math.ceil((stop - start) / step));
    const values = Array.from({ length }, (_, index) => start + index * step);
    const data = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    return backend.tensor(backend.graph.constant(constantFrom(data), { shape: [length], dtype }));
  },
  LinSpace: (backend, _, { start, stop, num }) => {
    const data = Float32Array.from(
      { length: num },
      (_, index) => start + (index * (stop - start)) / (num - 1 || 1),
    );
    return backend.tensor(backend.graph.constant(constantFrom(data), { shape: [num], dtype: 'float32' }));
  },
};

function filled(backend: TraceBackend, uniform: number, type: TensorType): TensorInfo {
  return backend.tensor(backend.graph.constant({ uniform }, type));
}

/** Registers what records the calls of one kernel. */
function registerRecorder<Name extends KernelName>(kernelName: Name): void {
  tf.registerKernel({
    kernelName,
    backendName: BACKEND,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const trace = backend as TraceBackend;
      const named = inputs as unknown as TensorsByName;
      // tfjs passes a kernel its own attributes but declares them as a record of anything.
      const given = (attrs ?? {}) as Attributes[Name];
      const maker: Maker<Name> | undefined = MAKERS[kernelName];
      if (maker) return maker(trace, named, given);
      const rule = findRule(kernelName);
      if (rule) return record(trace, kernelName, rule, named, given);
      throw new Error(`Kernel ${kernelName}, called by ${currentOperation()}, has no lowering rule.`);
    },
  });
}

/** Registers a recorder for every kernel name that tfjs knows. */
function registerRecorders(): void {
  for (const kernelName of Object.values(tf.kernelNames)) {
    if (!tf.getKernel(kernelName, BACKEND)) registerRecorder(kernelName);
  }
}

/** Runs `body` with the trace backend active, then restores the previous backend. */
function withTraceBackend<T>(graph: KernelGraph, body: (backend: TraceBackend) => T): T {
  registerRecorders();
  const engine = tf.engine();
  const former = engine.backendName;
  const backend = new TraceBackend(graph);
  tf.registerBackend(BACKEND, () => backend, 0);
  // Registered with a synchronous factory, the backend is active when this call returns.
  void tf.setBackend(BACKEND);
  try {
    let result: T | undefined;
    // Not returned through tidy, which would walk the whole graph in search of tensors.
    tf.tidy(() => {
      result = body(backend);
    });
    return result as T;
  } finally {
    tf.removeBackend(BACKEND);
    if (former) void tf.setBackend(former);
  }
}

function collect(backend: TraceBackend, tensors: Tensors): Map<string, ValueId> {
  return new Map(Object.entries(tensors).map(([name, tensor]) => [name, backend.valueOf(tensor)]));
}

/**
 * Traces a step: every kernel that its function calls, gradients included, becomes a node.
 * @throws if the step reads a tensor's values or calls a kernel without a rule, naming the op
 */
export function trace(definition: StepDefinition): StepGraph {
  const graph = new KernelGraph();
  return withTraceBackend(graph, (backend) => {
    const source = (kernel: typeof PARAMETER | typeof INPUT, name: string, type: TensorType): Tensor => {
      const [value] = graph.add(kernel, [], { name }, [type]);
      return tf.engine().makeTensorFromTensorInfo(backend.tensor(value!));
    };
    const parameters = Object.entries(definition.parameters).map(([group, layout]) => [
      group,
      Object.fromEntries(
        layout.entries.map(({ name, shape }) => [
          name,
          source(PARAMETER, parameterName(group, name), { shape, dtype: 'float32' }),
        ]),
      ),
    ]);
    const constants = Object.entries(definition.constants ?? {}).map(([group, { layout, values }]) => [
      group,
      Object.fromEntries(
        layout.entries.map(({ name, shape, offset, size }) => {
          const constant = constantFrom(values.subarray(offset, offset + size));
          const value = graph.constant(constant, { shape, dtype: 'float32' });
          return [name, tf.engine().makeTensorFromTensorInfo(backend.tensor(value))];
        }),
      ),
    ]);
    const inputs = Object.entries(definition.inputs).map(([name, { shape, dtype }]) => [
      name,
      source(INPUT, name, { shape, dtype: dtype ?? 'float32' }),
    ]);
    const result: StepResult = definition.run({
      parameters: Object.fromEntries(parameters),
      constants: Object.fromEntries(constants),
      inputs: Object.fromEntries(inputs),
    });
    const gradients = Object.entries(result.gradients ?? {});
    return {
      graph,
      outputs: collect(backend, result.outputs),
      gradients: new Map(gradients.map(([group, tensors]) => [group, collect(backend, tensors)])),
    };
  });
}

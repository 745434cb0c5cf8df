/**
 * Runs a step in ONNX Runtime with its parameters in host memory. Every parameter is a graph input that
 * views the group's flat vector, so an update in place is seen by the next run without a copy; the graph
 * writes gradients beside it, and the optimiser runs outside it.
 */
import { type Binding, type BoundSession, createBoundSession, pinnedArray } from './bound-session.ts';
import type { CompiledStep } from './compile.ts';
import { HostState } from './host-state.ts';
import { sizeOf, viewParameters } from './layout.ts';
import { type LoweredStep, lower } from './lower.ts';
import type { OnnxDevice } from './session.ts';
import { checkInputs } from './step-inputs.ts';
import { loweringTarget } from './target.ts';
import { parameterName } from './trace.ts';
import type { Executor, ExecutorOptions, GroupState, StepDefinition, StepInputs } from './types.ts';

/** The resident vectors, cut into parameters. */
function parameterBindings({ parameters }: StepDefinition, host: HostState): Binding[] {
  return Object.entries(parameters).flatMap(([group, layout]) => {
    const views = viewParameters(layout, host.values(group));
    return layout.entries.map(({ name, shape }) => ({
      name: parameterName(group, name),
      dims: shape,
      data: views[name]!,
    }));
  });
}

/** What the step was given and what it returns, in arrays of their own. */
function inputBindings({ inputs }: StepDefinition): Binding[] {
  return Object.entries(inputs).map(([name, { shape, dtype = 'float32' }]) => ({
    name,
    dims: shape,
    data: pinnedArray(dtype, sizeOf(shape)),
  }));
}

/** Gradients of the groups that have an optimiser; the others' are not asked for. */
function gradientBindings({ gradients }: LoweredStep, host: HostState): Binding[] {
  return gradients.flatMap(({ group, parameter: { offset, size }, name, dims }) => {
    const flat = host.gradient(group);
    return flat ? [{ name, dims, data: flat.subarray(offset, offset + size) }] : [];
  });
}

export class OnnxExecutor implements Executor {
  readonly name: string;

  private constructor(
    private readonly definition: StepDefinition,
    private readonly session: BoundSession,
    private readonly host: HostState,
    private readonly inputs: readonly Binding[],
    private readonly outputs: readonly Binding[],
    private readonly trained: readonly string[],
    readonly warnings: readonly string[],
  ) {
    this.name = definition.name;
  }

  static async create({ definition, step }: CompiledStep, options: ExecutorOptions): Promise<OnnxExecutor> {
    const host = new HostState(definition, options);
    const target = await loweringTarget(options.device.device as OnnxDevice);
    const lowered = lower(step, definition.parameters, target);
    const inputs = inputBindings(definition);
    const outputs = [...step.outputs].map(([name, value]) => {
      const { shape } = step.graph.type(value);
      return { name, dims: shape, data: pinnedArray('float32', sizeOf(shape)) };
    });
    const { session, warnings } = await createBoundSession(
      lowered.graph,
      definition.name,
      options.device,
      [...parameterBindings(definition, host), ...inputs],
      [...outputs, ...gradientBindings(lowered, host)],
    );
    const trained = [...step.gradients.keys()];
    return new OnnxExecutor(definition, session, host, inputs, outputs, trained, warnings);
  }

  async run(
    inputs: StepInputs,
    learningRates: Readonly<Record<string, number>> = {},
  ): Promise<Record<string, Float32Array>> {
    checkInputs(this.definition, inputs);
    for (const { name, data } of this.inputs) data.set(inputs[name]!);
    await this.session.run();
    for (const group of this.trained) {
      const rate = learningRates[group];
      if (rate) this.host.update(group, rate);
    }
    return Object.fromEntries(this.outputs.map(({ name, data }) => [name, data.slice() as Float32Array]));
  }

  async values(group: string): Promise<Float32Array> {
    return this.host.values(group);
  }

  async state(group: string): Promise<GroupState> {
    return this.host.copy(group);
  }

  async load(group: string, state: { values: Float32Array } & Partial<GroupState>): Promise<void> {
    this.host.load(group, state);
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

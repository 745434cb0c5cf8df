/**
 * Runs a step in ONNX Runtime with its parameters in host memory. Every parameter is a graph input that
 * views the group's flat vector, so an update in place is seen by the next run without a copy; the graph
 * writes gradients beside it, and the optimizer runs outside the graph.
 */

import { parameterName, sizeOf, viewParameters } from '../layout.ts';
import type { LoweredStep } from '../lower/lower.ts';
import { loweringTarget } from '../lower/target.ts';
import { type Binding, type BoundSession, pinnedArray } from '../onnx/binding.ts';
import { createBoundSession } from '../onnx/bound-session.ts';
import type { OnnxDevice } from '../onnx/session.ts';
import { type CompiledStep, compile, lowerCompiled } from '../trace/compile.ts';
import type { Executor, ExecutorOptions, GroupState, StepDefinition, StepInputs } from '../types.ts';
import { HostState } from './host-state.ts';
import { checkInputs } from './step-inputs.ts';

/** Views of the resident vectors, one per parameter. */
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

/** An array for each input of the step. */
function inputBindings({ inputs }: StepDefinition): Binding[] {
  return Object.entries(inputs).map(([name, { shape, dtype = 'float32' }]) => ({
    name,
    dims: shape,
    data: pinnedArray(dtype, sizeOf(shape)),
  }));
}

function gradientBindings({ gradients }: LoweredStep, host: HostState): Binding[] {
  return gradients.map(({ group, parameter: { offset, size }, name, dims }) => ({
    name,
    dims,
    data: host.gradient(group).subarray(offset, offset + size),
  }));
}

export class OnnxExecutor implements Executor {
  readonly name: string;
  /** By the groups whose gradients they compute. */
  private readonly sessions = new Map<string, BoundSession>();
  private readonly trained: readonly string[];
  private readonly inputs: readonly Binding[];
  private readonly outputs: readonly Binding[];
  private readonly fixed: readonly Binding[];
  readonly warnings: string[] = [];

  private constructor(
    private readonly compiled: CompiledStep,
    private readonly options: ExecutorOptions,
    private readonly host: HostState,
  ) {
    const { definition, step } = compiled;
    this.name = definition.name;
    this.trained = [...step.gradients.keys()];
    this.inputs = inputBindings(definition);
    this.outputs = [...step.outputs].map(([name, value]) => {
      const { shape } = step.graph.type(value);
      return { name, dims: shape, data: pinnedArray('float32', sizeOf(shape)) };
    });
    this.fixed = parameterBindings(definition, host);
  }

  static async create(compiled: CompiledStep, options: ExecutorOptions): Promise<OnnxExecutor> {
    const { definition } = compiled;
    const { device } = options;
    const host = await HostState.create(definition, options, (step) =>
      OnnxExecutor.create(compile(step), { device, values: {} }),
    );
    const executor = new OnnxExecutor(compiled, options, host);
    await executor.session(executor.trained.filter((group) => options.optimizers?.[group]));
    return executor;
  }

  async run(
    inputs: StepInputs,
    learningRates: Readonly<Record<string, number>> = {},
  ): Promise<Record<string, Float32Array>> {
    checkInputs(this.compiled.definition, inputs);
    const updated = this.trained.filter((group) => learningRates[group]);
    const session = await this.session(updated);
    for (const { name, data } of this.inputs) data.set(inputs[name]!);
    await session.run();
    for (const group of updated) await this.host.update(group, learningRates[group]!);
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
    for (const session of this.sessions.values()) await session.release();
    this.sessions.clear();
    await this.host.dispose();
  }

  /**
   * The session that computes the gradients of these groups and of no others, made when it is first asked for: between
   * two updates of a discriminator nothing is spent on its gradients.
   */
  private async session(updated: readonly string[]): Promise<BoundSession> {
    const key = updated.join();
    const known = this.sessions.get(key);
    if (known) return known;
    const { compiled, options, host } = this;
    const target = await loweringTarget(options.device.device as OnnxDevice);
    const lowered = lowerCompiled(compiled, target, updated);
    const { session, warnings } = await createBoundSession(
      lowered.graph,
      this.name,
      options.device,
      [...this.fixed, ...this.inputs],
      [...this.outputs, ...gradientBindings(lowered, host)],
    );
    this.sessions.set(key, session);
    this.warnings.push(...warnings.filter((warning) => !this.warnings.includes(warning)));
    return session;
  }
}

/**
 * Runs a step in ONNX Runtime with its parameters in host memory. Every parameter is a graph input that
 * views the group's flat vector, so an update in place is seen by the next run without a copy; the graph
 * returns gradients, and the optimiser runs outside it (the Node binding copies every output).
 */
import * as ort from 'onnxruntime-node';
import type { CompiledStep } from './compile.ts';
import { HostState } from './host-state.ts';
import { viewParameters } from './layout.ts';
import { gradientName, lower } from './lower.ts';
import { createDeviceSession, type OnnxDevice } from './session.ts';
import { checkInputs } from './step-inputs.ts';
import { parameterName } from './trace.ts';
import type { Executor, ExecutorOptions, GroupState, StepDefinition, StepInputs } from './types.ts';

export class OnnxExecutor implements Executor {
  readonly name: string;
  private readonly feeds: Record<string, ort.Tensor> = {};
  private readonly outputNames: readonly string[];
  private readonly usedInputs: readonly string[];

  private constructor(
    private readonly definition: StepDefinition,
    private readonly session: ort.InferenceSession,
    private readonly host: HostState,
    private readonly trained: readonly string[],
    readonly warnings: readonly string[],
  ) {
    this.name = definition.name;
    const used = new Set(session.inputNames);
    this.usedInputs = Object.keys(definition.inputs).filter((name) => used.has(name));
    const gradients = new Set(trained.map(gradientName));
    this.outputNames = session.outputNames.filter((name) => !gradients.has(name));
    for (const [group, layout] of Object.entries(definition.parameters)) {
      const views = viewParameters(layout, host.values(group));
      for (const { name, shape } of layout.entries) {
        const input = parameterName(group, name);
        if (used.has(input)) this.feeds[input] = new ort.Tensor('float32', views[name]!, shape);
      }
    }
  }

  static async create({ definition, step }: CompiledStep, options: ExecutorOptions): Promise<OnnxExecutor> {
    const state = new HostState(definition, options);
    const { graph, gradients } = lower(step, definition.parameters, options.device.device as OnnxDevice);
    const { session, warnings } = await createDeviceSession(graph, definition.name, options.device);
    return new OnnxExecutor(definition, session, state, gradients, warnings);
  }

  async run(
    inputs: StepInputs,
    learningRates: Readonly<Record<string, number>> = {},
  ): Promise<Record<string, Float32Array>> {
    checkInputs(this.definition, inputs);
    for (const name of this.usedInputs) {
      const { shape, dtype } = this.definition.inputs[name]!;
      this.feeds[name] = new ort.Tensor(dtype ?? 'float32', inputs[name]!, shape);
    }
    const updated = this.trained.filter((group) => learningRates[group]);
    const results = await this.session.run(this.feeds, [...this.outputNames, ...updated.map(gradientName)]);
    for (const group of updated) {
      const gradient = results[gradientName(group)]!.data as Float32Array;
      this.host.update(group, gradient, learningRates[group]!);
    }
    return Object.fromEntries(this.outputNames.map((name) => [name, results[name]!.data as Float32Array]));
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

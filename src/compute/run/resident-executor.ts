/**
 * Runs a step on ONNX Runtime's WebGPU engine with its state on the device: weights and moments are GPU
 * buffers that one run returns and the next is fed with; only batches, rates and outputs cross the bus.
 */
import type * as Ort from 'onnxruntime-node';
import { loweringTarget } from '../lower/target.ts';
import { OnnxGraph } from '../onnx/onnx-graph.ts';
import { ort } from '../onnx/runtime.ts';
import { createDeviceSession, createSession } from '../onnx/session.ts';
import { optimizerRates, RATE_PARTS, STATE_PARTS, type StatePart } from '../optimizer/optimizer-state.ts';
import { compile, lowerCompiled } from '../trace/compile.ts';
import type {
  DeviceReport,
  Executor,
  ExecutorOptions,
  GroupState,
  OptimizerOptions,
  StepDefinition,
  StepInputs,
} from '../types.ts';
import { nextStateName, rateName, residentStep, stateName } from './resident-step.ts';
import { checkInputs, checkState } from './step-inputs.ts';

/** Copies one vector between host and device, with an Identity graph whose output is placed on either. */
class Transfer {
  private constructor(private readonly session: Ort.InferenceSession) {}

  static async create(device: DeviceReport, size: number, to: 'cpu' | 'gpu-buffer'): Promise<Transfer> {
    const graph = new OnnxGraph();
    graph.output('y', graph.input('x', 'float32', [size]), 'float32', [size]);
    return new Transfer(
      await createSession(graph, 'transfer', device, { preferredOutputLocation: { y: to } }),
    );
  }

  async copy(tensor: Ort.Tensor): Promise<Ort.Tensor> {
    return (await this.session.run({ x: tensor })).y as Ort.Tensor;
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

interface ResidentGroup {
  readonly size: number;
  readonly tensors: Map<StatePart, Ort.Tensor>;
  stepCount: number;
  readonly optimizer?: OptimizerOptions;
  readonly upload: Transfer;
  readonly download: Transfer;
}

export class ResidentExecutor implements Executor {
  readonly name: string;
  private readonly outputNames: readonly string[];
  private readonly usedInputs: ReadonlySet<string>;
  private readonly trained: ReadonlySet<string>;

  private constructor(
    private readonly definition: StepDefinition,
    private readonly session: Ort.InferenceSession,
    private readonly groups: ReadonlyMap<string, ResidentGroup>,
    readonly warnings: readonly string[],
  ) {
    this.name = definition.name;
    this.usedInputs = new Set(session.inputNames);
    const produced = new Set(session.outputNames);
    this.trained = new Set(
      [...groups.keys()].filter((group) => produced.has(nextStateName(group, 'values'))),
    );
    this.outputNames = session.outputNames.filter((name) => !name.startsWith('next/'));
  }

  static async create(definition: StepDefinition, options: ExecutorOptions): Promise<ResidentExecutor> {
    const compiled = compile(residentStep(definition, options.optimizers ?? {}));
    const { graph } = lowerCompiled(compiled, await loweringTarget('webgpu'));
    const locations = graph.outputs.map(
      ({ name }) => [name, name.startsWith('next/') ? 'gpu-buffer' : 'cpu'] as const,
    );
    const { session, warnings } = await createDeviceSession(graph, definition.name, options.device, {
      preferredOutputLocation: Object.fromEntries(locations),
    });
    const groups = new Map<string, ResidentGroup>();
    for (const [group, { size }] of Object.entries(definition.parameters)) {
      const optimizer = options.optimizers?.[group];
      groups.set(group, {
        size,
        tensors: new Map(),
        stepCount: 0,
        ...(optimizer && { optimizer }),
        upload: await Transfer.create(options.device, size, 'gpu-buffer'),
        download: await Transfer.create(options.device, size, 'cpu'),
      });
    }
    const executor = new ResidentExecutor(definition, session, groups, warnings);
    for (const group of groups.keys()) {
      const values = options.values[group];
      if (!values) throw new Error(`Step ${definition.name} needs initial values for its group ${group}.`);
      await executor.load(group, { values });
    }
    return executor;
  }

  async run(
    inputs: StepInputs,
    learningRates: Readonly<Record<string, number>> = {},
  ): Promise<Record<string, Float32Array>> {
    checkInputs(this.definition, inputs);
    const feeds: Record<string, Ort.Tensor> = {};
    const feed = (name: string, tensor: () => Ort.Tensor) => {
      if (this.usedInputs.has(name)) feeds[name] = tensor();
    };
    for (const [name, { shape, dtype }] of Object.entries(this.definition.inputs)) {
      feed(name, () => new ort.Tensor(dtype ?? 'float32', inputs[name]!, shape));
    }
    for (const [group, { tensors, optimizer, stepCount }] of this.groups) {
      for (const [part, tensor] of tensors) feed(stateName(group, part), () => tensor);
      if (!optimizer) continue;
      const rates = optimizerRates(optimizer, learningRates[group] ?? 0, stepCount + 1);
      for (const part of RATE_PARTS) {
        feed(rateName(group, part), () => new ort.Tensor('float32', Float32Array.of(rates[part]), []));
      }
    }
    const results = await this.session.run(feeds);
    for (const group of this.trained) this.advance(group, results, Boolean(learningRates[group]));
    return Object.fromEntries(this.outputNames.map((name) => [name, results[name]!.data as Float32Array]));
  }

  async values(group: string): Promise<Float32Array> {
    return this.read(group, 'values');
  }

  async state(group: string): Promise<GroupState> {
    const { stepCount } = this.groupOf(group);
    const values = await this.read(group, 'values');
    if (stepCount === 0) return { values, stepCount };
    return {
      values,
      moment1: await this.read(group, 'moment1'),
      moment2: await this.read(group, 'moment2'),
      stepCount,
    };
  }

  async load(group: string, state: { values: Float32Array } & Partial<GroupState>): Promise<void> {
    checkState(this.definition, group, state);
    const own = this.groupOf(group);
    const { values, moment1, moment2 } = state;
    const complete = moment1 !== undefined && moment2 !== undefined;
    const parts: Partial<Record<StatePart, Float32Array>> = { values };
    if (own.optimizer) {
      parts.moment1 = complete ? moment1 : new Float32Array(own.size);
      parts.moment2 = complete ? moment2 : new Float32Array(own.size);
    }
    for (const part of STATE_PARTS) {
      const vector = parts[part];
      if (!vector) continue;
      own.tensors.get(part)?.dispose();
      own.tensors.set(part, await own.upload.copy(new ort.Tensor('float32', vector, [own.size])));
    }
    own.stepCount = complete ? (state.stepCount ?? 0) : 0;
  }

  async dispose(): Promise<void> {
    for (const { tensors, upload, download } of this.groups.values()) {
      for (const tensor of tensors.values()) tensor.dispose();
      await upload.dispose();
      await download.dispose();
    }
    await this.session.release();
  }

  private async read(group: string, part: StatePart): Promise<Float32Array> {
    const { tensors, download } = this.groupOf(group);
    return (await download.copy(tensors.get(part)!)).data as Float32Array;
  }

  /** Takes over a group's next state, or drops it if the group is not to be updated. */
  private advance(group: string, results: Ort.InferenceSession.ReturnType, update: boolean): void {
    const own = this.groupOf(group);
    for (const part of STATE_PARTS) {
      const next = results[nextStateName(group, part)] as Ort.Tensor;
      if (!update) {
        next.dispose();
        continue;
      }
      own.tensors.get(part)?.dispose();
      own.tensors.set(part, next);
    }
    if (update) own.stepCount++;
  }

  private groupOf(group: string): ResidentGroup {
    const own = this.groups.get(group);
    if (!own) throw new Error(`Step ${this.definition.name} has no parameter group ${group}.`);
    return own;
  }
}

/**
 * The public surface of the compute layer (docs/architecture.md): a training step or an inference
 * function is ordinary tfjs-core code over named tensors; `compile` traces it once; an executor owns the
 * resident state and runs it.
 */
import type { Tensor } from '@tensorflow/tfjs-core';

export interface TensorSpec {
  /** Logical shape in tfjs order (images are NHWC). */
  readonly shape: readonly number[];
  /** Default float32. */
  readonly dtype?: 'float32' | 'int32';
}

export interface ParameterEntry {
  /** Unique within its layout: "transformer.attention.query.weight". */
  readonly name: string;
  readonly shape: readonly number[];
  /** First value of this parameter in the flat vector. */
  readonly offset: number;
  readonly size: number;
}

/** Where each named parameter lies in one flat float32 vector. */
export interface ParameterLayout {
  readonly entries: readonly ParameterEntry[];
  readonly size: number;
}

/** Named tensors, shaped as their layout says. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** What a step sees while it is traced (or run eagerly). */
export interface StepScope {
  /** One entry per group of `StepDefinition.parameters`. */
  readonly parameters: Readonly<Record<string, Tensors>>;
  /** One entry per group of `StepDefinition.constants`. */
  readonly constants: Readonly<Record<string, Tensors>>;
  /** One entry per `StepDefinition.inputs`. */
  readonly inputs: Tensors;
}

export interface StepResult {
  /** Fetched after each run: metrics, images. */
  readonly outputs: Tensors;
  /** For each parameter group that is trained: the gradient of each of its parameters, by parameter name. */
  readonly gradients?: Readonly<Record<string, Tensors>>;
}

/**
 * A function to compile. `run` must be pure: the same tensors in, the same operations; no tensor may be
 * read (`dataSync`) inside it.
 */
export interface StepDefinition {
  readonly name: string;
  /** Groups of resident parameters: fed from, and for those with gradients updated in, one flat vector each. */
  readonly parameters: Readonly<Record<string, ParameterLayout>>;
  /** Groups that do not change while the step lives. They become constants of the graph. */
  readonly constants?: Readonly<Record<string, { layout: ParameterLayout; values: Float32Array }>>;
  /** What changes from call to call. */
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  run(scope: StepScope): StepResult;
}

/** Adam (Kingma and Ba 2015), AdamW where weightDecay > 0 (Loshchilov and Hutter 2019). */
export interface AdamOptions {
  readonly kind: 'adam';
  readonly beta1: number;
  readonly beta2: number;
  /** Default 1e-8, outside the root. */
  readonly epsilon?: number;
  /** Decoupled, multiplied by the learning rate. Default 0. */
  readonly weightDecay?: number;
}

/**
 * Muon (optimizer/muon.ts). `beta1` is that of the momentum; parameters that are not matrices take Adam's steps, with
 * both betas.
 */
export interface MuonOptions extends Omit<AdamOptions, 'kind'> {
  readonly kind: 'muon';
}

export type OptimizerOptions = AdamOptions | MuonOptions;

/** Everything an optimizer keeps for one parameter group, as flat vectors of the group's size. */
export interface GroupState {
  readonly values: Float32Array;
  /** First and second moment; absent for groups that are not trained. */
  readonly moment1?: Float32Array;
  readonly moment2?: Float32Array;
  /** Number of optimizer steps taken. */
  readonly stepCount: number;
}

/** Where to compute. `auto` takes the first that works of cuda, webgpu (a real GPU), cpu. */
export type DeviceName = 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'directml' | 'coreml' | 'tfjs';

/** The device that was chosen and why, and the devices that were passed over and why. */
export interface DeviceReport {
  readonly device: Exclude<DeviceName, 'auto'>;
  readonly executor: 'onnxruntime' | 'tfjs';
  readonly threads: number;
  readonly reason: string;
  readonly rejected: readonly { device: string; reason: string }[];
}

export interface ExecutorOptions {
  readonly device: DeviceReport;
  /** Initial values, one flat vector per parameter group. Do not write to them while the executor lives. */
  readonly values: Readonly<Record<string, Float32Array>>;
  /** One optimizer per group that the step returns gradients for. */
  readonly optimizers?: Readonly<Record<string, OptimizerOptions>>;
}

/** Data for one call: typed arrays in the order of the spec's shape. */
export type StepInputs = Readonly<Record<string, Float32Array | Int32Array>>;

/** A compiled step with its resident state. Not re-entrant: await one `run` before the next. */
export interface Executor {
  readonly name: string;
  /** What the user should know about how the step runs, such as operators that the device leaves to the CPU. */
  readonly warnings?: readonly string[];
  /**
   * Runs the step once, then updates every group that has gradients and a learning rate.
   * @param inputs one array per declared input
   * @param learningRates per parameter group; a group that is not named, or has rate 0, stays as it is
   * @returns each output, flat, row-major
   */
  run(
    inputs: StepInputs,
    learningRates?: Readonly<Record<string, number>>,
  ): Promise<Record<string, Float32Array>>;
  /** A group's current values. Read them before the next `run`; do not write to them or keep them. */
  values(group: string): Promise<Float32Array>;
  /** A copy of a group's state, for checkpoints. */
  state(group: string): Promise<GroupState>;
  /** Replaces a group's state; without moments the optimizer starts again. Throws on a size mismatch. */
  load(group: string, state: { values: Float32Array } & Partial<GroupState>): Promise<void>;
  dispose(): Promise<void>;
}

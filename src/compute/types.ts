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
  /** Groups that never change while this step lives; they become constants of the graph. */
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

/** Muon (muon.ts); the betas are those of the momentum and, for what is no matrix, of Adam. */
export interface MuonOptions extends Omit<AdamOptions, 'kind'> {
  readonly kind: 'muon';
}

export type OptimizerOptions = AdamOptions | MuonOptions;

/** Everything an optimiser remembers of one parameter group, as flat vectors of the group's size. */
export interface GroupState {
  readonly values: Float32Array;
  /** First and second moment; absent for groups that are not trained. */
  readonly moment1?: Float32Array;
  readonly moment2?: Float32Array;
  /** Optimiser steps taken. */
  readonly stepCount: number;
}

/** Where to compute. `auto` takes the first that works of cuda, webgpu (a real GPU), cpu. */
export type DeviceName = 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'directml' | 'coreml' | 'tfjs';

/** What was chosen and why; also what was not, and why not. */
export interface DeviceReport {
  readonly device: Exclude<DeviceName, 'auto'>;
  readonly executor: 'onnxruntime' | 'tfjs';
  readonly threads: number;
  readonly reason: string;
  readonly rejected: readonly { device: string; reason: string }[];
}

export interface ExecutorOptions {
  readonly device: DeviceReport;
  /** Initial values, one flat vector per parameter group. Not to be written to while the executor lives. */
  readonly values: Readonly<Record<string, Float32Array>>;
  /** One optimiser per group that the step returns gradients for. */
  readonly optimizers?: Readonly<Record<string, OptimizerOptions>>;
}

/** Data for one call: typed arrays in the order of the spec's shape. */
export type StepInputs = Readonly<Record<string, Float32Array | Int32Array>>;

/** A compiled step with its resident state. Not re-entrant: await one `run` before the next. */
export interface Executor {
  readonly name: string;
  /** What the user should know of how the step runs, such as operators that the device leaves to the CPU. */
  readonly warnings?: readonly string[];
  /**
   * Runs the step once, then updates every group that has gradients and a learning rate.
   * @param inputs one array per declared input
   * @param learningRates per parameter group; a group that is not named (or has rate 0) is left as it is
   * @returns each output, flat, row-major
   */
  run(
    inputs: StepInputs,
    learningRates?: Readonly<Record<string, number>>,
  ): Promise<Record<string, Float32Array>>;
  /** A group's values as they are now; to be read before the next `run`, not written to or kept. */
  values(group: string): Promise<Float32Array>;
  /** A copy of a group's state, for checkpoints. */
  state(group: string): Promise<GroupState>;
  /** Replaces a group's state; without moments the optimiser begins anew. Throws on a size mismatch. */
  load(group: string, state: { values: Float32Array } & Partial<GroupState>): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Runs a step eagerly on whatever tfjs backend is active: tfjs-node-gpu where the user has it, tfjs's own
 * CPU backend otherwise. Everything else is compared with this reference.
 */
import type { DataTypeMap, Tensor } from '@tensorflow/tfjs-core';
import { parameterName, sizeOf, viewParameters } from '../layout.ts';
import * as tf from '../tfjs/tf.ts';
import type {
  Executor,
  ExecutorOptions,
  GroupState,
  ParameterLayout,
  StepDefinition,
  StepInputs,
  Tensors,
} from '../types.ts';
import { HostState } from './host-state.ts';
import { checkInputs } from './step-inputs.ts';

export class TfjsExecutor implements Executor {
  readonly name: string;

  private constructor(
    private readonly definition: StepDefinition,
    private readonly backend: string,
    private readonly host: HostState,
  ) {
    this.name = definition.name;
  }

  /** @param backend the tfjs backend that the step runs on */
  static async create(
    definition: StepDefinition,
    options: ExecutorOptions,
    backend: string,
  ): Promise<TfjsExecutor> {
    const { device } = options;
    const host = await HostState.create(definition, options, (step) =>
      TfjsExecutor.create(step, { device, values: {} }, backend),
    );
    return new TfjsExecutor(definition, backend, host);
  }

  async run(
    inputs: StepInputs,
    learningRates: Readonly<Record<string, number>> = {},
  ): Promise<Record<string, Float32Array>> {
    checkInputs(this.definition, inputs);
    await tf.setBackend(this.backend);
    const updated: string[] = [];
    const outputs = tf.tidy(() => {
      const groups = Object.entries(this.definition.parameters);
      const result = this.definition.run({
        parameters: Object.fromEntries(
          groups.map(([group, layout]) => [group, tensors(layout, this.host.values(group))]),
        ),
        constants: Object.fromEntries(
          Object.entries(this.definition.constants ?? {}).map(([group, { layout, values }]) => [
            group,
            tensors(layout, values),
          ]),
        ),
        inputs: Object.fromEntries(
          Object.entries(this.definition.inputs).map(([name, { shape, dtype }]) => [
            name,
            tf.tensor(inputs[name]!, [...shape], dtype ?? 'float32'),
          ]),
        ),
      });
      for (const [group, gradients] of Object.entries(result.gradients ?? {})) {
        if (!learningRates[group]) continue;
        this.host.gradient(group).set(this.flat(group, gradients));
        updated.push(group);
      }
      return Object.fromEntries(Object.entries(result.outputs).map(([name, output]) => [name, read(output)]));
    }) as unknown as Record<string, Float32Array>;
    for (const group of updated) await this.host.update(group, learningRates[group]!);
    return outputs;
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

  dispose(): Promise<void> {
    return this.host.dispose();
  }

  private flat(group: string, gradients: Tensors): Float32Array {
    const layout = this.definition.parameters[group]!;
    const flat = new Float32Array(layout.size);
    for (const { name, offset } of layout.entries) {
      const gradient = gradients[name];
      if (!gradient) throw new Error(`The step returns no gradient for ${parameterName(group, name)}.`);
      flat.set(read(gradient), offset);
    }
    return flat;
  }
}

function tensors(layout: ParameterLayout, flat: Float32Array): Record<string, Tensor> {
  const views = viewParameters(layout, flat);
  // The backend keeps the array it is given: a copy, since the vector is updated in place.
  return Object.fromEntries(
    layout.entries.map(({ name, shape }) => [name, tf.tensor(views[name]!.slice(), [...shape])]),
  );
}

function read(tensor: Tensor): Float32Array {
  const data = tensor.dataSync<keyof DataTypeMap>() as ArrayLike<number>;
  const values = new Float32Array(sizeOf(tensor.shape));
  values.set(data);
  return values;
}

/**
 * A training step with its state and optimizer inside, for engines that keep tensors on a device. Each
 * parameter group comes in as flat vectors (values, moments) and goes out as the next ones.
 */

import type { Tensor } from '@tensorflow/tfjs-core';
import { parameterName } from '../layout.ts';
import { optimizerTensors } from '../optimizer/optimizer.ts';
import {
  type OptimizerRates,
  type OptimizerState,
  RATE_PARTS,
  STATE_PARTS,
  type StatePart,
} from '../optimizer/optimizer-state.ts';
import * as tf from '../tfjs/tf.ts';
import type {
  OptimizerOptions,
  ParameterLayout,
  StepDefinition,
  StepScope,
  TensorSpec,
  Tensors,
} from '../types.ts';

export const stateName = (group: string, part: StatePart) => `state/${group}/${part}`;
export const nextStateName = (group: string, part: StatePart) => `next/${group}/${part}`;
export const rateName = (group: string, part: (typeof RATE_PARTS)[number]) => `rate/${group}/${part}`;

/** Cuts a flat vector into the group's parameters. */
function cut(layout: ParameterLayout, flat: Tensor): Tensors {
  return Object.fromEntries(
    layout.entries.map(({ name, shape, offset, size }) => [
      name,
      tf.reshape(tf.slice(flat, [offset], [size]), [...shape]),
    ]),
  );
}

function flatGradient(group: string, layout: ParameterLayout, gradients: Tensors): Tensor {
  return tf.concat(
    layout.entries.map(({ name, size }) => {
      const gradient = gradients[name];
      if (!gradient) throw new Error(`The step returns no gradient for ${parameterName(group, name)}.`);
      return tf.reshape(gradient, [size]);
    }),
  );
}

/** The same step with flat vectors for parameters, and with the updates of every group that has an optimizer. */
export function residentStep(
  definition: StepDefinition,
  optimizers: Readonly<Record<string, OptimizerOptions>>,
): StepDefinition {
  const inputs: Record<string, TensorSpec> = { ...definition.inputs };
  for (const [group, { size }] of Object.entries(definition.parameters)) {
    inputs[stateName(group, 'values')] = { shape: [size] };
    if (!optimizers[group]) continue;
    inputs[stateName(group, 'moment1')] = { shape: [size] };
    inputs[stateName(group, 'moment2')] = { shape: [size] };
    for (const part of RATE_PARTS) inputs[rateName(group, part)] = { shape: [] };
  }
  return {
    name: definition.name,
    parameters: {},
    ...(definition.constants && { constants: definition.constants }),
    inputs,
    run: (scope: StepScope) => {
      const given = (name: string) => scope.inputs[name]!;
      const parameters = Object.fromEntries(
        Object.entries(definition.parameters).map(([group, layout]) => [
          group,
          cut(layout, given(stateName(group, 'values'))),
        ]),
      );
      const { outputs, gradients = {} } = definition.run({ ...scope, parameters });
      const next: Record<string, Tensor> = { ...outputs };
      for (const [group, options] of Object.entries(optimizers)) {
        const slopes = gradients[group];
        if (!slopes) continue;
        const parts = <Part extends string>(names: readonly Part[], nameOf: (part: Part) => string) =>
          Object.fromEntries(names.map((part) => [part, given(nameOf(part))])) as Record<Part, Tensor>;
        const layout = definition.parameters[group]!;
        const updated = optimizerTensors(
          parts(STATE_PARTS, (part) => stateName(group, part)) satisfies OptimizerState,
          flatGradient(group, layout, slopes),
          layout,
          options,
          parts(RATE_PARTS, (part) => rateName(group, part)) satisfies OptimizerRates<Tensor>,
        );
        for (const part of STATE_PARTS) next[nextStateName(group, part)] = updated[part];
      }
      return { outputs: next };
    },
  };
}

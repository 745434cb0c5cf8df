/** Checks what a caller passes to a step. */
import { sizeOf } from '../layout.ts';
import type { GroupState, ParameterLayout, StepDefinition, StepInputs } from '../types.ts';

/**
 * Compares a call's inputs with the step's declaration.
 * @throws naming the input that is missing, unknown, of the wrong type or of the wrong length
 */
export function checkInputs(definition: StepDefinition, inputs: StepInputs): void {
  for (const [name, { shape, dtype }] of Object.entries(definition.inputs)) {
    const data = inputs[name];
    if (!data)
      throw new Error(`Step ${definition.name} needs the input ${name} [${shape}], which was not given.`);
    const wanted = dtype === 'int32' ? 'Int32Array' : 'Float32Array';
    if (data.constructor.name !== wanted) {
      throw new Error(
        `Input ${name} of step ${definition.name} must be a ${wanted}, found ${data.constructor.name}.`,
      );
    }
    if (data.length !== sizeOf(shape)) {
      throw new Error(
        `Input ${name} of step ${definition.name} must have ${sizeOf(shape)} values [${shape}], found ${data.length}.`,
      );
    }
  }
  for (const name of Object.keys(inputs)) {
    if (!(name in definition.inputs)) {
      const known = Object.keys(definition.inputs).join(', ');
      throw new Error(`Step ${definition.name} has no input ${name}; its inputs are ${known}.`);
    }
  }
}

/**
 * Compares a group's state with the step's declaration.
 * @returns the group's layout
 * @throws if there is no such group, or a vector is not as long as the layout
 */
export function checkState(
  definition: StepDefinition,
  group: string,
  state: Partial<GroupState>,
): ParameterLayout {
  const layout = definition.parameters[group];
  if (!layout) {
    const known = Object.keys(definition.parameters).join(', ');
    throw new Error(`Step ${definition.name} has no parameter group ${group}; its groups are ${known}.`);
  }
  for (const key of ['values', 'moment1', 'moment2'] as const) {
    const vector = state[key];
    if (vector && vector.length !== layout.size) {
      throw new Error(
        `The ${key} of group ${group} in step ${definition.name} must have ${layout.size} values, found ${vector.length}.`,
      );
    }
  }
  return layout;
}

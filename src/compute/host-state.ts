/** Parameter groups in host memory, updated in place. */
import { adamRates } from './adam.ts';
import { pinnedArray } from './binding.ts';
import { HostAdam } from './host-adam.ts';
import { checkState } from './step-inputs.ts';
import type { AdamOptions, ExecutorOptions, GroupState, StepDefinition } from './types.ts';

interface HostGroup {
  readonly values: Float32Array;
  /** Of a group that has an optimiser, with the memory that `values` lies in. */
  readonly adam?: { readonly kernel: HostAdam; readonly options: AdamOptions };
  stepCount: number;
}

function hostGroup(initial: Float32Array, options: AdamOptions | undefined): HostGroup {
  if (!options) {
    const values = pinnedArray('float32', initial.length) as Float32Array;
    values.set(initial);
    return { values, stepCount: 0 };
  }
  const kernel = new HostAdam(initial, options);
  return { values: kernel.values, adam: { kernel, options }, stepCount: 0 };
}

export class HostState {
  private readonly groups = new Map<string, HostGroup>();

  constructor(
    private readonly definition: StepDefinition,
    { values, optimizers }: Pick<ExecutorOptions, 'values' | 'optimizers'>,
  ) {
    for (const group of Object.keys(definition.parameters)) {
      const initial = values[group];
      if (!initial) throw new Error(`Step ${definition.name} needs initial values for its group ${group}.`);
      checkState(definition, group, { values: initial });
      this.groups.set(group, hostGroup(initial, optimizers?.[group]));
    }
  }

  /** The resident vector itself. */
  values(group: string): Float32Array {
    return this.groupOf(group).values;
  }

  /** Where the gradient of a group that has an optimiser is to be written. */
  gradient(group: string): Float32Array {
    return this.adamOf(group).kernel.gradient;
  }

  /** Applies one optimiser step to a group, by its `gradient`. */
  update(group: string, learningRate: number): void {
    const { kernel, options } = this.adamOf(group);
    const state = this.groupOf(group);
    state.stepCount++;
    kernel.update(adamRates(options, learningRate, state.stepCount));
  }

  copy(group: string): GroupState {
    const { values, adam, stepCount } = this.groupOf(group);
    const moments = adam &&
      stepCount > 0 && { moment1: adam.kernel.moment1.slice(), moment2: adam.kernel.moment2.slice() };
    return { values: values.slice(), stepCount, ...moments };
  }

  load(group: string, state: { values: Float32Array } & Partial<GroupState>): void {
    checkState(this.definition, group, state);
    const own = this.groupOf(group);
    const { moment1, moment2 } = state;
    own.values.set(state.values);
    own.stepCount = moment1 && moment2 ? (state.stepCount ?? 0) : 0;
    if (!own.adam) return;
    const { kernel } = own.adam;
    if (moment1 && moment2) {
      kernel.moment1.set(moment1);
      kernel.moment2.set(moment2);
    } else {
      kernel.reset();
    }
  }

  private adamOf(group: string): NonNullable<HostGroup['adam']> {
    const { adam } = this.groupOf(group);
    if (adam) return adam;
    throw new Error(`Group ${group} of step ${this.definition.name} has a learning rate but no optimiser.`);
  }

  private groupOf(group: string): HostGroup {
    const state = this.groups.get(group);
    if (!state) throw new Error(`Step ${this.definition.name} has no parameter group ${group}.`);
    return state;
  }
}

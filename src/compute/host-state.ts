/** Parameter groups in host memory, updated in place. */
import { adamInPlace, adamRates } from './adam.ts';
import { checkState } from './step-inputs.ts';
import type { AdamOptions, ExecutorOptions, GroupState, StepDefinition } from './types.ts';

interface HostGroup {
  readonly values: Float32Array;
  moments?: { readonly first: Float32Array; readonly second: Float32Array };
  stepCount: number;
  readonly optimizer?: AdamOptions;
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
      const optimizer = optimizers?.[group];
      this.groups.set(group, { values: initial, stepCount: 0, ...(optimizer && { optimizer }) });
    }
  }

  /** The resident vector itself. */
  values(group: string): Float32Array {
    return this.groupOf(group).values;
  }

  /** Applies one optimiser step to a group. */
  update(group: string, gradient: Float32Array, learningRate: number): void {
    const state = this.groupOf(group);
    if (!state.optimizer) {
      throw new Error(`Group ${group} of step ${this.definition.name} has a learning rate but no optimiser.`);
    }
    state.moments ??= {
      first: new Float32Array(state.values.length),
      second: new Float32Array(state.values.length),
    };
    state.stepCount++;
    const rates = adamRates(state.optimizer, learningRate, state.stepCount);
    const { first, second } = state.moments;
    adamInPlace({ values: state.values, moment1: first, moment2: second }, gradient, state.optimizer, rates);
  }

  copy(group: string): GroupState {
    const { values, moments, stepCount } = this.groupOf(group);
    return {
      values: values.slice(),
      stepCount,
      ...(moments && { moment1: moments.first.slice(), moment2: moments.second.slice() }),
    };
  }

  load(group: string, state: { values: Float32Array } & Partial<GroupState>): void {
    checkState(this.definition, group, state);
    const own = this.groupOf(group);
    own.values.set(state.values);
    const { moment1, moment2 } = state;
    if (moment1 && moment2) {
      own.moments = { first: moment1.slice(), second: moment2.slice() };
      own.stepCount = state.stepCount ?? 0;
    } else {
      delete own.moments;
      own.stepCount = 0;
    }
  }

  private groupOf(group: string): HostGroup {
    const state = this.groups.get(group);
    if (!state) throw new Error(`Step ${this.definition.name} has no parameter group ${group}.`);
    return state;
  }
}

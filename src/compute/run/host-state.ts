/** Parameter groups in host memory, updated in place. */
import { pinnedArray } from '../onnx/binding.ts';
import { HostAdam } from '../optimizer/host-adam.ts';
import { optimizerStep } from '../optimizer/optimizer.ts';
import { optimizerRates } from '../optimizer/optimizer-state.ts';
import { StepOptimizer } from '../optimizer/step-optimizer.ts';
import type {
  Executor,
  ExecutorOptions,
  GroupState,
  OptimizerOptions,
  ParameterLayout,
  StepDefinition,
} from '../types.ts';
import { checkState } from './step-inputs.ts';

interface HostGroup {
  readonly values: Float32Array;
  /** Owns the memory of `values`; absent for groups that are not trained. */
  readonly optimizer?: { readonly kernel: HostAdam | StepOptimizer; readonly options: OptimizerOptions };
  stepCount: number;
}

/** Compiles a step for the device that everything else runs on. */
type MakeExecutor = (definition: StepDefinition) => Promise<Executor>;

async function hostGroup(
  initial: Float32Array,
  layout: ParameterLayout,
  options: OptimizerOptions | undefined,
  makeExecutor: MakeExecutor,
): Promise<HostGroup> {
  if (!options) {
    const values = pinnedArray('float32', initial.length) as Float32Array;
    values.set(initial);
    return { values, stepCount: 0 };
  }
  const kernel =
    options.kind === 'adam'
      ? new HostAdam(initial, options)
      : new StepOptimizer(initial, await makeExecutor(optimizerStep(layout, options)));
  return { values: kernel.values, optimizer: { kernel, options }, stepCount: 0 };
}

export class HostState {
  private constructor(
    private readonly definition: StepDefinition,
    private readonly groups: ReadonlyMap<string, HostGroup>,
  ) {}

  static async create(
    definition: StepDefinition,
    { values, optimizers }: Pick<ExecutorOptions, 'values' | 'optimizers'>,
    makeExecutor: MakeExecutor,
  ): Promise<HostState> {
    const groups = new Map<string, HostGroup>();
    for (const [group, layout] of Object.entries(definition.parameters)) {
      const initial = values[group];
      if (!initial) throw new Error(`Step ${definition.name} needs initial values for its group ${group}.`);
      checkState(definition, group, { values: initial });
      groups.set(group, await hostGroup(initial, layout, optimizers?.[group], makeExecutor));
    }
    return new HostState(definition, groups);
  }

  /** The resident vector itself. */
  values(group: string): Float32Array {
    return this.groupOf(group).values;
  }

  /** The array that the gradient of a trained group is to be written to. */
  gradient(group: string): Float32Array {
    return this.optimizerOf(group).kernel.gradient;
  }

  /** Applies one optimizer step to a group, by its `gradient`. */
  async update(group: string, learningRate: number): Promise<void> {
    const { kernel, options } = this.optimizerOf(group);
    const state = this.groupOf(group);
    state.stepCount++;
    await kernel.update(optimizerRates(options, learningRate, state.stepCount));
  }

  copy(group: string): GroupState {
    const { values, optimizer, stepCount } = this.groupOf(group);
    const moments = optimizer &&
      stepCount > 0 && {
        moment1: optimizer.kernel.moment1.slice(),
        moment2: optimizer.kernel.moment2.slice(),
      };
    return { values: values.slice(), stepCount, ...moments };
  }

  load(group: string, state: { values: Float32Array } & Partial<GroupState>): void {
    checkState(this.definition, group, state);
    const own = this.groupOf(group);
    const { moment1, moment2 } = state;
    own.values.set(state.values);
    own.stepCount = moment1 && moment2 ? (state.stepCount ?? 0) : 0;
    if (!own.optimizer) return;
    const { kernel } = own.optimizer;
    if (moment1 && moment2) {
      kernel.moment1.set(moment1);
      kernel.moment2.set(moment2);
    } else {
      kernel.reset();
    }
  }

  async dispose(): Promise<void> {
    for (const { optimizer } of this.groups.values()) {
      if (optimizer?.kernel instanceof StepOptimizer) await optimizer.kernel.dispose();
    }
  }

  private optimizerOf(group: string): NonNullable<HostGroup['optimizer']> {
    const { optimizer } = this.groupOf(group);
    if (optimizer) return optimizer;
    throw new Error(`Group ${group} of step ${this.definition.name} has a learning rate but no optimizer.`);
  }

  private groupOf(group: string): HostGroup {
    const state = this.groups.get(group);
    if (!state) throw new Error(`Step ${this.definition.name} has no parameter group ${group}.`);
    return state;
  }
}

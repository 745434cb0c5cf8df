/** One update of any optimizer, on tensors and as a step of its own. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { OptimizerOptions, ParameterLayout, StepDefinition } from '../types.ts';
import { adamTensors } from './adam.ts';
import { muonTensors } from './muon.ts';
import {
  type OptimizerRates,
  type OptimizerState,
  RATE_PARTS,
  STATE_PARTS,
  type StatePart,
} from './optimizer-state.ts';

/**
 * One update on tensors, for engines that keep the state on a device.
 * @param gradient [layout.size]
 */
export function optimizerTensors(
  state: OptimizerState,
  gradient: Tensor,
  layout: ParameterLayout,
  options: OptimizerOptions,
  rates: OptimizerRates<Tensor>,
): OptimizerState {
  return options.kind === 'muon'
    ? muonTensors(state, gradient, layout, options, rates)
    : adamTensors(state, gradient, options, rates);
}

export const nextName = (part: StatePart) => `next/${part}`;

/** The update as a step of its own: state, `gradient` and rates go in, the next state comes out. */
export function optimizerStep(layout: ParameterLayout, options: OptimizerOptions): StepDefinition {
  const vector = { shape: [layout.size] };
  return {
    name: options.kind,
    parameters: {},
    inputs: {
      ...Object.fromEntries([...STATE_PARTS, 'gradient'].map((name) => [name, vector])),
      ...Object.fromEntries(RATE_PARTS.map((name) => [name, { shape: [] }])),
    },
    run: ({ inputs }) => {
      const rates = inputs as OptimizerRates<Tensor>;
      const next = optimizerTensors(inputs as OptimizerState, inputs.gradient!, layout, options, rates);
      return { outputs: Object.fromEntries(STATE_PARTS.map((part) => [nextName(part), next[part]])) };
    },
  };
}

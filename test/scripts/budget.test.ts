import { expect, it } from 'vitest';
import { type Budget, budgetOf, excesses } from '../../bench/step/budget.ts';
import { WORKLOADS } from '../../bench/step/workloads.ts';
import * as tf from '../../src/compute/tfjs/tf.ts';

const workload = WORKLOADS['fast-64']!();
const found = budgetOf(workload);

it('a step within its budget passes', () => {
  expect(excesses('fast-64', found, found)).toEqual([]);
});

it.each(['gigaflop', 'nodes', 'copiedBytes', 'constantBytes'] as const)('names %s where it grew', (key) => {
  const allowed: Budget = { ...found, [key]: found[key] - 1 };
  expect(excesses('fast-64', found, allowed)).toEqual([
    `fast-64: ${key} grew from ${allowed[key]} to ${found[key]}`,
  ]);
});

it('a step that does more than it did is found out', () => {
  const { step } = workload;
  const wasteful = budgetOf({
    ...workload,
    step: {
      ...step,
      run: (scope) => {
        const result = step.run(scope);
        const image = tf.reshape(scope.inputs.source!, [-1, 64]);
        return { ...result, outputs: { ...result.outputs, waste: tf.matMul(image, image, true) } };
      },
    },
  });
  const grown = excesses('fast-64', wasteful, found).map((line) => line.split(' ')[1]);
  expect(grown).toEqual(expect.arrayContaining(['gigaflop', 'nodes', 'copiedBytes']));
});

it('a step without a budget is refused', () => {
  expect(excesses('new', found, undefined)[0]).toContain('--write-budget');
});

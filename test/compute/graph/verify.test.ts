import { describe, expect, it } from 'vitest';
import { type GraphNode, INPUT, KernelGraph, type StepGraph } from '../../../src/compute/graph/graph.ts';
import { verifyStep } from '../../../src/compute/graph/verify.ts';
import { inferTypes } from '../../../src/compute/lower/kernel-rule.ts';
import { ruleOf } from '../../../src/compute/lower/kernels.ts';

const vector = { shape: [3], dtype: 'float32' } as const;

function verify(step: StepGraph, deadAllowed = false): void {
  verifyStep(step, {
    infer: (node, inputs) => inferTypes(ruleOf(node.kernel), inputs, node.attrs),
    deadAllowed,
  });
}

/** The step that returns the exponential of its input, after `change`. */
function stepOf(change: (graph: KernelGraph, x: number) => void = () => {}): StepGraph {
  const graph = new KernelGraph();
  const [x] = graph.add(INPUT, [], { name: 'x' }, [vector]);
  const [value] = graph.add('Exp', [x!], {}, [vector]);
  change(graph, x!);
  return { graph, outputs: new Map([['value', value!]]), gradients: new Map() };
}

const node = (fields: Partial<GraphNode>): GraphNode =>
  ({ kernel: 'Neg', phase: 'forward', inputs: [0], attrs: {}, outputs: [2], ...fields }) as GraphNode;

describe('verifying a step', () => {
  it('accepts what is right', () => {
    expect(() => verify(stepOf())).not.toThrow();
  });

  it.each<[string, (graph: KernelGraph, x: number) => void, string]>([
    [
      'a use before the definition',
      (graph) => graph.nodes.reverse(),
      '%0 is used before it is defined.\n  %1: float32[3] = Exp(%0)  # forward',
    ],
    [
      'an input that no node defines',
      (graph) => graph.add('Neg', [99], {}, [vector]),
      '%99 is used before it is defined.\n  %2: float32[3] = Neg(%99)  # forward',
    ],
    [
      'a second definition',
      (graph) => graph.nodes.push(node({ outputs: [1] })),
      '%1 is defined twice.\n  %1: float32[3] = Neg(%0)  # forward',
    ],
    [
      'a value without a type',
      (graph) => graph.nodes.push(node({ outputs: [7] })),
      '%7 has no type.\n  %7: ? = Neg(%0)  # forward',
    ],
    [
      'a node that replaced another behind the graph',
      (graph) => graph.nodes.splice(1, 1, node({ outputs: [1] })),
      '%1 belongs to another node.\n  %1: float32[3] = Neg(%0)  # forward',
    ],
    [
      'a wrong shape',
      (graph, x) => graph.add('Neg', [x], {}, [{ shape: [4], dtype: 'float32' }]),
      'The rule of Neg infers float32[3].\n  %2: float32[4] = Neg(%0)  # forward',
    ],
    [
      'a wrong type',
      (graph, x) => graph.add('Greater', [x, x], {}, [vector]),
      'The rule of Greater infers bool[3].\n  %2: float32[3] = Greater(%0, %0)  # forward',
    ],
    [
      'operands that do not fit',
      (graph, x) => {
        const [other] = graph.add(INPUT, [], { name: 'other' }, [{ shape: [2], dtype: 'float32' }]);
        graph.add('Add', [x, other!], {}, [vector]);
      },
      'Its types cannot be inferred: Operands could not be broadcast together with shapes 3 and 2.',
    ],
    [
      'a misspelt kernel',
      // @ts-expect-error It does not compile either: the kernel is called Neg.
      (graph, x) => graph.add('Negg', [x], {}, [vector]),
      'Its types cannot be inferred: Kernel Negg has no lowering rule.\n  %2: float32[3] = Negg(%0)',
    ],
    [
      'a misspelt attribute',
      // @ts-expect-error It does not compile either: the attribute is called perm.
      (graph, x) => graph.add('Transpose', [x], { prem: [0] }, [vector]),
      'Its types cannot be inferred: ',
    ],
    [
      'two inputs of one name',
      (graph) => graph.add(INPUT, [], { name: 'x' }, [{ shape: [2], dtype: 'float32' }]),
      'An earlier node has this name.\n  %2: float32[2] = input x',
    ],
    [
      'a constant of the wrong length',
      (graph) => graph.constant({ data: Float32Array.of(1, 2) }, vector),
      'A constant of shape [3] holds 2 values.\n  %2: float32[3] = constant [1,2]',
    ],
    [
      'a constant in the wrong array',
      (graph) => graph.constant({ data: Int32Array.of(1, 2, 3) }, vector),
      'A constant of type float32 is held in an Int32Array.\n  %2: float32[3] = constant [1,2,3]',
    ],
    [
      'a dangling constant',
      (graph) => graph.constant({ uniform: 1 }, vector),
      'Nothing needs this node.\n  %2: float32[3] = fill(1)',
    ],
    [
      'a dead node',
      (graph, x) => graph.add('Neg', [x], {}, [vector]),
      'Nothing needs this node.\n  %2: float32[3] = Neg(%0)  # forward',
    ],
  ])('reports %s', (_, change, message) => {
    expect(() => verify(stepOf(change))).toThrow(message);
  });

  it('reports results that no node defines', () => {
    const step = stepOf();
    expect(() => verify({ ...step, outputs: new Map([['value', 5]]) }, true)).toThrow(
      'The output value is %5, which no node defines.',
    );
    const gradients = new Map([['net', new Map([['weight', 6]])]]);
    expect(() => verify({ ...step, gradients })).toThrow(
      'The gradient net/weight is %6, which no node defines.',
    );
  });

  it('lets dead nodes pass where a pass may leave them', () => {
    const step = stepOf((graph, x) => {
      graph.add('Neg', [x], {}, [vector]);
    });
    expect(() => verify(step, true)).not.toThrow();
  });
});

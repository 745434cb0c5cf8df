/** Element-wise kernels: most are one ONNX operator in whatever layout the operands are in. */
import type {
  CastAttrs,
  ClipByValueAttrs,
  LeakyReluAttrs,
  StepAttrs,
} from '@tensorflow/tfjs-core/dist/kernel_names.js';
import type { Attributes, Dtype, TensorType } from '../graph/graph.ts';
import { broadcast_util as broadcast } from '../tfjs/tf.ts';
import { attributes, type KernelRule, type KernelRules, sameType } from './kernel-rule.ts';
import type { Lowering } from './lowering.ts';

type Emit = (lowering: Lowering, operands: readonly string[], attrs: Attributes) => string;

function unary(inputs: readonly string[], emit: string | Emit, fold?: KernelRule['fold']): KernelRule {
  return {
    inputs,
    infer: sameType,
    ...(fold && { fold }),
    lower: (lowering, node) =>
      lowering.elementwise(node, (operands) =>
        typeof emit === 'string' ? lowering.onnx.add(emit, operands) : emit(lowering, operands, node.attrs),
      ),
  };
}

function broadcastType(inputs: readonly TensorType[], dtype?: Dtype): TensorType {
  const [a, b] = inputs as [TensorType, TensorType];
  return {
    shape: broadcast.assertAndGetBroadcastShape([...a.shape], [...b.shape]),
    dtype: dtype ?? a.dtype,
  };
}

function binary(emit: string | Emit, fold?: (a: number, b: number) => number): KernelRule {
  return {
    ...unary(['a', 'b'], emit, fold && (([a, b]) => fold(a!, b!))),
    infer: (inputs) => broadcastType(inputs),
  };
}

function comparison(emit: string | Emit, fold: (a: number, b: number) => boolean): KernelRule {
  return {
    ...unary(['a', 'b'], emit, ([a, b]) => Number(fold(a!, b!))),
    infer: (inputs) => broadcastType(inputs, 'bool'),
  };
}

function scalarFold(fold: (x: number) => number): KernelRule['fold'] {
  return ([x]) => fold(x!);
}

const x = ['x'];

/** 1 - exp(x), log(1 + x): ONNX has no operators of their own; the absolute error stays that of float32. */
const one = (lowering: Lowering) => lowering.onnx.float(1);

/** Every positive normal number times this is above 1. */
const LARGEST = 3e38;

export const ELEMENTWISE: KernelRules = {
  Abs: unary(x, 'Abs', scalarFold(Math.abs)),
  Neg: unary(
    x,
    'Neg',
    scalarFold((value) => -value),
  ),
  Sign: unary(x, 'Sign', scalarFold(Math.sign)),
  Floor: unary(x, 'Floor', scalarFold(Math.floor)),
  Ceil: unary(x, 'Ceil', scalarFold(Math.ceil)),
  // Both round halves to even.
  Round: unary(x, 'Round'),
  Square: unary(
    x,
    ({ onnx }, [value]) => onnx.add('Mul', [value!, value!]),
    scalarFold((value) => value * value),
  ),
  Sqrt: unary(x, 'Sqrt', scalarFold(Math.sqrt)),
  Rsqrt: unary(
    x,
    ({ onnx }, operands) => onnx.add('Reciprocal', [onnx.add('Sqrt', operands)]),
    scalarFold((value) => 1 / Math.sqrt(value)),
  ),
  Reciprocal: unary(
    x,
    'Reciprocal',
    scalarFold((value) => 1 / value),
  ),
  Exp: unary(x, 'Exp', scalarFold(Math.exp)),
  Expm1: unary(x, (lowering, operands) =>
    lowering.onnx.add('Sub', [lowering.onnx.add('Exp', operands), one(lowering)]),
  ),
  Log: unary(x, 'Log', scalarFold(Math.log)),
  Log1p: unary(x, (lowering, [value]) =>
    lowering.onnx.add('Log', [lowering.onnx.add('Add', [value!, one(lowering)])]),
  ),
  Sin: unary(x, 'Sin', scalarFold(Math.sin)),
  Cos: unary(x, 'Cos', scalarFold(Math.cos)),
  Tanh: unary(x, 'Tanh', scalarFold(Math.tanh)),
  Sigmoid: unary(
    x,
    'Sigmoid',
    scalarFold((value) => 1 / (1 + Math.exp(-value))),
  ),
  Softplus: unary(x, 'Softplus'),
  Erf: unary(x, 'Erf'),
  Relu: unary(
    x,
    'Relu',
    scalarFold((value) => Math.max(value, 0)),
  ),
  Relu6: unary(x, ({ onnx }, [value]) => onnx.add('Clip', [value!, onnx.float(0), onnx.float(6)])),
  LeakyRelu: unary(x, ({ onnx }, operands, attrs) =>
    onnx.add('LeakyRelu', operands, { alpha: { float: attributes<LeakyReluAttrs>(attrs).alpha } }),
  ),
  Elu: unary(x, 'Elu'),
  // dy for y >= 0, else dy (y + 1): y is the output of Elu.
  EluGrad: unary(['dy', 'y'], (lowering, [dy, y]) => {
    const { onnx } = lowering;
    const slope = onnx.add('Add', [onnx.add('Min', [y!, onnx.float(0)]), one(lowering)]);
    return onnx.add('Mul', [dy!, slope]);
  }),
  Selu: unary(x, 'Selu'),
  // 1 for positive values, alpha for the others: the gradient of ReLU and its kind. Stretched and clipped: comparing,
  // and casting or choosing, takes twice as long (8 MB: 1.7 ms with the product by dy, 3.3).
  Step: unary(x, (lowering, [value], attrs) => {
    const { onnx } = lowering;
    const alpha = attributes<StepAttrs>(attrs).alpha;
    if (alpha >= 0 && alpha <= 1) {
      return onnx.add('Clip', [
        onnx.add('Mul', [value!, onnx.float(LARGEST)]),
        onnx.float(alpha),
        onnx.float(1),
      ]);
    }
    const positive = onnx.add('Greater', [value!, onnx.float(0)]);
    return onnx.add('Where', [positive, one(lowering), onnx.float(alpha)]);
  }),
  ClipByValue: unary(x, (lowering, [value], attrs) => {
    const { clipValueMin, clipValueMax } = attributes<ClipByValueAttrs>(attrs);
    return lowering.onnx.add('Clip', [
      value!,
      lowering.onnx.float(clipValueMin),
      lowering.onnx.float(clipValueMax),
    ]);
  }),
  Cast: {
    ...unary(
      x,
      (lowering, [value], attrs) => lowering.cast(value!, attributes<CastAttrs>(attrs).dtype as Dtype),
      ([value], attrs) => {
        const { dtype } = attributes<CastAttrs>(attrs);
        return dtype === 'int32' ? Math.trunc(value!) : dtype === 'bool' ? Number(value !== 0) : value!;
      },
    ),
    infer: ([input], attrs) => ({ shape: input!.shape, dtype: attributes<CastAttrs>(attrs).dtype as Dtype }),
  },

  Add: binary('Add', (a, b) => a + b),
  Sub: binary('Sub', (a, b) => a - b),
  Multiply: binary('Mul', (a, b) => a * b),
  RealDiv: binary('Div', (a, b) => a / b),
  Maximum: binary('Max', Math.max),
  Minimum: binary('Min', Math.min),
  Pow: binary('Pow', (a, b) => a ** b),
  SquaredDifference: binary(
    ({ onnx }, operands) => {
      const difference = onnx.add('Sub', operands);
      return onnx.add('Mul', [difference, difference]);
    },
    (a, b) => (a - b) ** 2,
  ),
  Prelu: { ...binary('PRelu'), inputs: ['x', 'alpha'] },
  AddN: {
    infer: sameType,
    fold: (values) => values.reduce((sum, value) => sum + value, 0),
    lower: (lowering, node) =>
      lowering.elementwise(node, (operands) =>
        operands.reduce((sum, operand) => lowering.onnx.add('Add', [sum, operand])),
      ),
  },

  Greater: comparison('Greater', (a, b) => a > b),
  GreaterEqual: comparison('GreaterOrEqual', (a, b) => a >= b),
  Less: comparison('Less', (a, b) => a < b),
  LessEqual: comparison('LessOrEqual', (a, b) => a <= b),
  Equal: comparison('Equal', (a, b) => a === b),
  NotEqual: comparison(
    ({ onnx }, operands) => onnx.add('Not', [onnx.add('Equal', operands)]),
    (a, b) => a !== b,
  ),
  LogicalAnd: comparison('And', (a, b) => a !== 0 && b !== 0),
  LogicalOr: comparison('Or', (a, b) => a !== 0 || b !== 0),
  LogicalNot: unary(
    x,
    'Not',
    scalarFold((value) => Number(value === 0)),
  ),
  Select: {
    ...unary(['condition', 't', 'e'], 'Where', ([condition, t, e]) => (condition ? t! : e!)),
    infer: ([, t]) => t!,
  },
};

/** An inference function and its weights as one self-contained .onnx file. */
import type { TensorType, ValueId } from './graph/graph.ts';
import { viewParameters } from './layout.ts';
import { lowerNodes } from './lower/lower.ts';
import { Lowering } from './lower/lowering.ts';
import { PORTABLE } from './lower/target.ts';
import type { OnnxGraph } from './onnx/onnx-graph.ts';
import { OPSET, writeModel } from './onnx/onnx-writer.ts';
import { type BatchExtents, type OpenSides, openGraph } from './onnx/open-size.ts';
import { storeHalves } from './onnx/store-halves.ts';
import * as tf from './tfjs/tf.ts';
import { compile } from './trace/compile.ts';
import type { StepDefinition, StepInputs, StepScope, Tensors } from './types.ts';

export interface ExportOptions {
  /** Sides that the network takes, in pixels. The exported model takes all: it pads images, and cuts the results. */
  readonly sides: OpenSides;
  /** Values of the inputs other than the image, such as a prompt's tokens. They become constants. */
  readonly fixedInputs?: StepInputs;
  /** Key-value pairs of the model's metadata: concept, prompt, base. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Whether weights are stored in half precision. They are widened when the model is loaded: it computes in float32. */
  readonly half?: boolean;
}

/**
 * Sizes that the step is traced at, with sides in multiples of the network's. They are large primes: the product of any of
 * them and a number of channels is no other such product, nor is it another number of the graph.
 */
const PROBES: readonly BatchExtents[] = [
  { count: 13, height: 101, width: 211 },
  { count: 17, height: 103, width: 223 },
  { count: 19, height: 107, width: 227 },
];

/** Names of the exported model's input and output, both float32 [N, 3, H, W] in [-1, 1]. */
const EXPORT_INPUT = 'image';
const EXPORT_OUTPUT = 'result';

/** The step as a function of the image alone: parameters and fixed inputs become constants. */
function frozen(
  definition: StepDefinition,
  values: Readonly<Record<string, Float32Array>>,
  fixedInputs: StepInputs,
): StepDefinition {
  const parameters = Object.entries(definition.parameters);
  const constants = parameters.map(
    ([group, layout]) => [group, { layout, values: valuesOf(group) }] as const,
  );
  function valuesOf(group: string): Float32Array {
    const vector = values[group];
    if (!vector) throw new Error(`Exporting ${definition.name} needs the values of its group ${group}.`);
    viewParameters(definition.parameters[group]!, vector);
    return vector;
  }
  return {
    name: definition.name,
    parameters: {},
    constants: { ...definition.constants, ...Object.fromEntries(constants) },
    inputs: Object.fromEntries(Object.entries(definition.inputs).filter(([name]) => !(name in fixedInputs))),
    run: (scope: StepScope) => {
      const fixed = Object.entries(fixedInputs).map(([name, data]) => {
        const { shape, dtype } = definition.inputs[name]!;
        return [name, tf.tensor(data, [...shape], dtype ?? 'float32')];
      });
      const inputs: Tensors = { ...scope.inputs, ...Object.fromEntries(fixed) };
      return definition.run({ parameters: scope.constants, constants: scope.constants, inputs });
    },
  };
}

function isImage({ shape, dtype }: TensorType): boolean {
  return shape.length === 4 && dtype === 'float32';
}

/**
 * The bytes of a step with one image input and one image output ([N, H, W, 3] inside, [N, 3, H, W] in the file) as a
 * stand-alone model of opset 17, which takes any number of images of any size.
 * @param at the step for images of a size; no table in it may depend on the size
 * @param values one flat vector per parameter group of the step
 * @throws if the step has other inputs that `fixedInputs` does not give, or does not return exactly one image
 */
export function onnxModel(
  at: (extents: BatchExtents) => StepDefinition,
  values: Readonly<Record<string, Float32Array>>,
  { sides, fixedInputs = {}, metadata = {}, half = false }: ExportOptions,
): Uint8Array {
  const probes = PROBES.map(({ count, height, width }) => {
    const extents = { count, height: height * sides.multiple, width: width * sides.multiple };
    return { extents, graph: loweredImageStep(at(extents), values, fixedInputs) };
  });
  const graph = openGraph(probes, sides);
  if (half) storeHalves(graph);
  return writeModel(graph, {
    name: at(probes[0]!.extents).name,
    documentation:
      `Image-to-image generator. Input ${EXPORT_INPUT} and output ${EXPORT_OUTPUT}: float32 NCHW, RGB in [-1, 1] ` +
      '(byte / 127.5 - 1). Batch, height and width are open; the result has the size of the input. ' +
      `ONNX opset ${OPSET}.`,
    metadata: {
      ...metadata,
      opset: String(OPSET),
      layout: 'NCHW',
      range: '[-1, 1]',
      channels: 'RGB',
      example: EXAMPLE,
    },
  });
}

/** How to use the model, in its metadata. */
const EXAMPLE = `import numpy as np, onnxruntime as ort
from PIL import Image
x = np.asarray(Image.open("photo.jpg").convert("RGB"), np.float32) / 127.5 - 1
y = ort.InferenceSession("generator.onnx").run(["${EXPORT_OUTPUT}"], {"${EXPORT_INPUT}": x.transpose(2, 0, 1)[None]})[0][0]
Image.fromarray(((y.transpose(1, 2, 0) + 1) * 127.5).round().clip(0, 255).astype(np.uint8)).save("result.png")`;

/** The graph of a step as a function of one image. */
function loweredImageStep(
  definition: StepDefinition,
  values: Readonly<Record<string, Float32Array>>,
  fixedInputs: StepInputs,
): OnnxGraph {
  const single = frozen(definition, values, fixedInputs);
  const inputs = Object.keys(single.inputs);
  if (inputs.length !== 1) {
    throw new Error(
      `Exporting ${definition.name} needs exactly one input besides the fixed ones, found ${inputs.join(', ')}.`,
    );
  }
  const { step, inspector } = compile(single);
  const [output, ...others] = step.outputs.values();
  if (output === undefined || others.length > 0 || !isImage(step.graph.type(output))) {
    throw new Error(`Exporting ${definition.name} needs exactly one output, an image [N, H, W, C].`);
  }
  const lowering = new Lowering(step.graph, PORTABLE);
  const extents = (value: ValueId) => lowering.extents(lowering.shape(value), 'channelsFirst');
  lowerNodes(lowering, step, (value) => {
    if (!isImage(lowering.type(value)))
      throw new Error(`The input of ${definition.name} is not an image [N, H, W, C].`);
    lowering.define(value, lowering.onnx.input(EXPORT_INPUT, 'float32', extents(value)), 'channelsFirst');
  });
  lowering.onnx.output(EXPORT_OUTPUT, lowering.channelsFirst(output), 'float32', extents(output));
  inspector.inspectOnnx('onnx-export', lowering.onnx, lowering.notes());
  return lowering.onnx;
}

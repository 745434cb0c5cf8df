/** Writes an OnnxGraph as a serialized ModelProto. Field numbers are those of onnx.proto (IR version 8). */
import protobuf from 'protobufjs/minimal.js';
import type { OnnxAttribute, OnnxDtype, OnnxGraph, OnnxNode, OnnxTensor } from './onnx-graph.ts';

/** The operator set that every lowering is written for. */
export const OPSET = 17;
const IR_VERSION = 8;

const DATA_TYPE: Record<OnnxDtype, number> = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 };
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 };
/** Wire types of protocol buffers. */
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

type Writer = protobuf.Writer;

function field(writer: Writer, number: number, wireType: number): Writer {
  return writer.uint32((number << 3) | wireType);
}

function message(writer: Writer, number: number, write: (writer: Writer) => void): void {
  field(writer, number, BYTES).fork();
  write(writer);
  writer.ldelim();
}

function text(writer: Writer, number: number, value: string): void {
  field(writer, number, BYTES).string(value);
}

function integer(writer: Writer, number: number, value: number): void {
  field(writer, number, VARINT).int64(value);
}

function writeAttribute(writer: Writer, name: string, attribute: OnnxAttribute): void {
  text(writer, 1, name);
  if ('float' in attribute) {
    field(writer, 2, FIXED32).float(attribute.float);
    integer(writer, 20, ATTRIBUTE_TYPE.float);
  } else if ('int' in attribute) {
    integer(writer, 3, attribute.int);
    integer(writer, 20, ATTRIBUTE_TYPE.int);
  } else if ('string' in attribute) {
    text(writer, 4, attribute.string);
    integer(writer, 20, ATTRIBUTE_TYPE.string);
  } else {
    for (const value of attribute.ints) integer(writer, 8, value);
    integer(writer, 20, ATTRIBUTE_TYPE.ints);
  }
}

function writeNode(writer: Writer, node: OnnxNode, index: number): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, `${node.origin}/${node.op}_${index}`);
  text(writer, 4, node.op);
  if (node.domain) text(writer, 7, node.domain);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message(writer, 5, (inner) => writeAttribute(inner, name, attribute));
  }
}

function writeValueInfo(writer: Writer, tensor: OnnxTensor): void {
  text(writer, 1, tensor.name);
  message(writer, 2, (type) => {
    message(type, 1, (tensorType) => {
      integer(tensorType, 1, DATA_TYPE[tensor.dtype]);
      message(tensorType, 2, (shape) => {
        for (const extent of tensor.dims) {
          message(shape, 1, (dimension) => {
            if (typeof extent === 'number') integer(dimension, 1, extent);
            else text(dimension, 2, extent);
          });
        }
      });
    });
  });
}

function writeGraph(writer: Writer, graph: OnnxGraph, name: string): void {
  graph.nodes.forEach((node, index) => {
    message(writer, 1, (inner) => writeNode(inner, node, index));
  });
  text(writer, 2, name);
  const used = new Set(graph.nodes.flatMap((node) => node.inputs));
  for (const { name: initializer, dtype, dims, data } of graph.initializers.values()) {
    // An initializer that was transposed or reshaped at compile time is not needed in its original form.
    if (!used.has(initializer)) continue;
    message(writer, 5, (inner) => {
      for (const extent of dims) integer(inner, 1, extent);
      integer(inner, 2, DATA_TYPE[dtype]);
      text(inner, 8, initializer);
      field(inner, 9, BYTES).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    });
  }
  for (const input of graph.inputs) message(writer, 11, (inner) => writeValueInfo(inner, input));
  for (const output of graph.outputs) message(writer, 12, (inner) => writeValueInfo(inner, output));
}

export interface ModelDescription {
  readonly name: string;
  readonly documentation?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The bytes of a self-contained .onnx file (little-endian machines, models below 2 GB). */
export function writeModel(graph: OnnxGraph, description: ModelDescription): Uint8Array {
  const writer = protobuf.Writer.create();
  integer(writer, 1, IR_VERSION);
  text(writer, 2, 'denoised-weights');
  if (description.documentation) text(writer, 6, description.documentation);
  message(writer, 7, (inner) => writeGraph(inner, graph, description.name));
  const domains = new Set(graph.nodes.map(({ domain = '' }) => domain)).add('');
  for (const domain of domains) {
    message(writer, 8, (opset) => {
      text(opset, 1, domain);
      integer(opset, 2, domain === '' ? OPSET : 1);
    });
  }
  for (const [key, value] of Object.entries(description.metadata ?? {})) {
    message(writer, 14, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  return writer.finish();
}

import { describe, expect, it } from 'vitest';
import { PORTABLE } from '../../../src/compute/lower/target.ts';
import { OnnxGraph } from '../../../src/compute/onnx/onnx-graph.ts';
import { printOnnx } from '../../../src/compute/onnx/print-onnx.ts';
import { verifyOnnx } from '../../../src/compute/onnx/verify-onnx.ts';
import { compile, lowerCompiled } from '../../../src/compute/trace/compile.ts';
import { convolutionStep } from '../convolution-step.ts';

describe('the print of an ONNX graph', () => {
  it('says which tfjs values its values hold, and in which memory order', () => {
    const { graph, notes } = lowerCompiled(compile(convolutionStep), PORTABLE);
    expect(printOnnx(graph, notes)).toMatchInlineSnapshot(`
      "net/filter: float32[3,3,3,8] = input
      image: float32[1,16,16,3] = input
      target: float32[1,8,8,8] = input
      v1: int64[2] = constant [9,24]
      v4: int32[24] = constant {count: 24, min: 0, max: 23, hash: b9a489ac2176}
      v6: int64[4] = constant [8,3,3,3]
      v14: int64[4] = constant [1,1,1,1]
      v16: int64[0] = constant []
      v18: float32[] = constant [2]
      v20: float32[] = constant [0.001953125]
      v22: float32[] = constant [3e+38]
      v24: float32[] = constant [0]
      v25: float32[] = constant [1]
      v28: int64[8] = constant [0,0,0,0,0,0,1,1]
      v30: int64[1] = constant [0]
      v31: int64[1] = constant [15]
      v32: int64[1] = constant [3]
      v33: int64[1] = constant [2]
      v35: int64[1] = constant [1]
      v36: int64[1] = constant [16]
      v38: int64[1] = constant [17]
      v41: int32[24] = constant {count: 24, min: 0, max: 16, hash: 53234852430d}
      v43: int64[3] = constant [1,27,64]
      v45: int64[2] = constant [27,64]
      v47: int64[2] = constant [8,64]
      v50: int64[4] = constant [3,3,3,8]
      v0: float32[1,3,16,16] nchw = Transpose(image) {perm: [0,3,1,2]}  # forward/Conv2D %1
      v2 = Reshape(net/filter, v1)  # forward/Conv2D
      v3 = Transpose(v2) {perm: [1,0]}  # forward/Conv2D
      v5 = Gather(v3, v4) {axis: 0}  # forward/Conv2D
      v7 = Reshape(v5, v6)  # forward/Conv2D
      v8: float32[1,8,8,8] nchw = Conv(v0, v7) {dilations: [1,1], kernel_shape: [3,3], pads: [0,0,1,1], strides: [2,2]}  # forward/Conv2D %3
      v9: float32[1,8,8,8] nchw = Relu(v8)  # forward/Relu %4
      v10: float32[1,8,8,8] nchw = Transpose(target) {perm: [0,3,1,2]}  # forward/Sub %2
      v11: float32[1,8,8,8] nchw = Sub(v9, v10)  # forward/Sub %5
      v12: float32[1,8,8,8] nchw = Mul(v11, v11)  # forward/Square %6
      v13 = ReduceMean(v12) {axes: [0,1,2,3], keepdims: 1}  # forward/Mean
      v15 = Reshape(v13, v14)  # forward/Mean
      v17: float32[] = Reshape(v13, v16)  # forward/Mean %7
      v19: float32[1,8,8,8] nchw = Mul(v11, v18)  # backward/Multiply %9
      v21: float32[1,8,8,8] nchw = Mul(v20, v19)  # backward/Multiply %11
      v23 = Mul(v8, v22)  # backward/Step
      v26: float32[1,8,8,8] nchw = Clip(v23, v24, v25)  # backward/Step %12
      v27: float32[1,8,8,8] nchw = Mul(v21, v26)  # backward/Multiply %13
      v29 = Pad(v0, v28, v24) {mode: "constant"}  # backward/Conv2DBackpropFilter
      v34 = Slice(v29, v30, v31, v32, v33)  # backward/Conv2DBackpropFilter
      v37 = Slice(v29, v35, v36, v32, v33)  # backward/Conv2DBackpropFilter
      v39 = Slice(v29, v33, v38, v32, v33)  # backward/Conv2DBackpropFilter
      v40 = Concat(v34, v37, v39) {axis: 1}  # backward/Conv2DBackpropFilter
      v42 = Gather(v40, v41) {axis: 2}  # backward/Conv2DBackpropFilter
      v44 = Reshape(v42, v43)  # backward/Conv2DBackpropFilter
      v46 = Reshape(v42, v45)  # backward/Conv2DBackpropFilter
      v48 = Reshape(v27, v47)  # backward/Conv2DBackpropFilter
      v49 = Gemm(v46, v48) {transB: 1}  # backward/Conv2DBackpropFilter
      v51 = Reshape(v49, v50)  # backward/Conv2DBackpropFilter
      v52: float32[3,3,3,8] = Transpose(v51) {perm: [2,0,1,3]}  # backward/Conv2DBackpropFilter %14
      loss = Identity(v17)  # output
      gradient/net/filter = Identity(v52)  # output
      outputs:
        loss: float32[]
        gradient/net/filter: float32[3,3,3,8]"
    `);
  });

  it("names the operator set of operators that are not ONNX's own", () => {
    const { graph } = lowerCompiled(compile(convolutionStep), { device: 'cpu', blockSize: 8 });
    expect(printOnnx(graph)).toContain(' = com.microsoft.nchwc.Conv(');
  });
});

describe('verifying an ONNX graph', () => {
  function small(): OnnxGraph {
    const graph = new OnnxGraph();
    graph.output('y', graph.add('Relu', [graph.input('x', 'float32', [2])]), 'float32', [2]);
    return graph;
  }

  it('accepts what is right', () => {
    expect(() => verifyOnnx(small())).not.toThrow();
  });

  it('reports a use before the definition', () => {
    const graph = small();
    graph.nodes.reverse();
    expect(() => verifyOnnx(graph)).toThrow('v0 is used before it is defined.\n  y = Identity(v0)  # output');
  });

  it('reports a second definition', () => {
    const graph = small();
    graph.nodes.push(graph.nodes[0]!);
    expect(() => verifyOnnx(graph)).toThrow('v0 is defined twice.\n  v0 = Relu(x)  # graph');
  });

  it('reports an output that no node defines', () => {
    const graph = small();
    graph.nodes.pop();
    expect(() => verifyOnnx(graph)).toThrow('No node defines the output y.');
  });
});

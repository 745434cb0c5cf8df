/** The engine that a graph is lowered for. */

import { NCHWC_DOMAIN, OnnxGraph } from '../onnx/onnx-graph.ts';
import { ort } from '../onnx/runtime.ts';
import { createSession, type OnnxDevice } from '../onnx/session.ts';

export interface LoweringTarget {
  readonly device: OnnxDevice;
  /** Channels in a block of the engine's blocked convolutions (blocked-convolution.ts); 1 where it has none. */
  readonly blockSize: number;
}

/** A target whose graphs run everywhere: standard operators only. */
export const PORTABLE: LoweringTarget = { device: 'cpu', blockSize: 1 };

/** Block sizes of AVX-512 and ARM (16) and of AVX2 (8). Other processors have no blocked kernels. */
const BLOCK_SIZES = [16, 8] as const;
const CHANNELS = 16;

/**
 * Asks the CPU engine for the length of its blocks: a 1 x 1 convolution whose filter has a single nonzero value gives
 * the right result only if the blocks are as long as we assume.
 */
async function findBlockSize(): Promise<number> {
  const [from, to] = [3, 12];
  for (const size of BLOCK_SIZES) {
    const filter = new Float32Array(CHANNELS * CHANNELS);
    const block = Math.floor(to / size) * (CHANNELS / size) + Math.floor(from / size);
    filter[(block * size + (from % size)) * size + (to % size)] = 1;
    const graph = new OnnxGraph();
    const x = graph.input('x', 'float32', [1, CHANNELS, 1, 1]);
    const w = graph.input('w', 'float32', [CHANNELS, CHANNELS, 1, 1]);
    const y = graph.add('Conv', [x, w], { kernel_shape: { ints: [1, 1] } }, NCHWC_DOMAIN);
    graph.output('y', y, 'float32', [1, CHANNELS, 1, 1]);
    try {
      const session = await createSession(graph, 'block-size', { device: 'cpu', threads: 1 });
      const image = Float32Array.from({ length: CHANNELS }, (_, channel) => channel + 1);
      const result = await session.run({
        x: new ort.Tensor('float32', image, [1, CHANNELS, 1, 1]),
        w: new ort.Tensor('float32', filter, [CHANNELS, CHANNELS, 1, 1]),
      });
      await session.release();
      const found = result.y!.data as Float32Array;
      if (found.every((value, channel) => value === (channel === to ? from + 1 : 0))) return size;
    } catch {
      // This build or processor has no blocked kernels.
      return 1;
    }
  }
  return 1;
}

let blockSize: Promise<number> | undefined;

/** The target for a device, with the CPU engine's block size, which is found once. */
export async function loweringTarget(device: OnnxDevice): Promise<LoweringTarget> {
  if (device !== 'cpu') return { device, blockSize: 1 };
  blockSize ??= findBlockSize();
  return { device, blockSize: await blockSize };
}

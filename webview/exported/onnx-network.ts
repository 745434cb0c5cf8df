import * as ort from 'onnxruntime-web/wasm';
import type { Image } from '../../src/data/image-values.ts';
import { networkSide, type TrainedTranslator } from '../../src/pipeline/translation/whole-picture.ts';
import type { PageFacts } from '../../src/protocol/exported-page.ts';

/** The exported network, run by ONNX Runtime in WebAssembly, on one thread: pages from files may not share memory. */
export class OnnxNetwork implements TrainedTranslator {
  /** Time in the network so far, in seconds. */
  seconds = 0;

  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly facts: PageFacts,
  ) {}

  static async start(facts: PageFacts, runtime: ArrayBuffer, model: ArrayBuffer): Promise<OnnxNetwork> {
    ort.env.wasm.wasmBinary = runtime;
    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
    return new OnnxNetwork(session, facts);
  }

  get trained(): number {
    return this.facts.trained;
  }

  /** Shorter side that whole pictures have at the scale of training. */
  get scale(): number {
    return this.facts.scale;
  }

  get stride(): number {
    return this.facts.stride;
  }

  sideFor(side: number): number {
    return networkSide(side, this.facts);
  }

  /** The model itself pads images to its strides, and cuts the result. */
  async translate({ width, height, data }: Image): Promise<Image> {
    const count = width * height;
    const planes = new Float32Array(data.length);
    for (let i = 0; i < count; i++) for (let c = 0; c < 3; c++) planes[c * count + i] = data[3 * i + c]!;
    const begun = performance.now();
    const outputs = await this.session.run({
      image: new ort.Tensor('float32', planes, [1, 3, height, width]),
    });
    this.seconds += (performance.now() - begun) / 1000;
    const made = outputs.result!.data as Float32Array;
    const pixels = new Float32Array(data.length);
    for (let i = 0; i < count; i++) for (let c = 0; c < 3; c++) pixels[3 * i + c] = made[c * count + i]!;
    return { width, height, data: pixels };
  }
}

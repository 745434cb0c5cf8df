import { LRUCache } from 'lru-cache';
import { createExecutor } from '../../compute/executor.ts';
import type { DeviceReport, Executor } from '../../compute/types.ts';
import type { Image } from '../../data/image-values.ts';
import { inferenceStep } from '../../models/gan-steps.ts';
import type { ImageGenerator } from '../../models/image-generator.ts';
import { networkSide, type TrainedTranslator } from './whole-picture.ts';

/** Number of sizes that stay compiled: each has its own copy of the weights and its own buffers. */
const KEPT = 4;

/** The step of one size, and the values that it has. */
interface CompiledSize {
  readonly executor: Executor;
  values: Float32Array | undefined;
}

/**
 * A generator that translates images of any size, each for itself. A size is compiled when it first occurs, which takes
 * about a second. Not reentrant.
 */
export class AnySizeGenerator implements TrainedTranslator {
  /** Time in the network so far, in seconds, without compilation. */
  seconds = 0;
  readonly #executors: LRUCache<string, CompiledSize>;
  /** Executors that were given up, until they are gone. */
  readonly #going = new Set<Promise<void>>();

  #values: Float32Array;

  /** @param values the generator's flat vector, with any LoRA merged in; do not change it while the generator lives */
  constructor(
    readonly generator: ImageGenerator,
    values: Float32Array,
    private readonly device: DeviceReport,
  ) {
    this.#values = values;
    this.#executors = new LRUCache({ max: KEPT, dispose: ({ executor }) => this.#giveUp(executor) });
  }

  /** Translates with other values from now on. Sizes stay compiled. @param values as for the constructor */
  use(values: Float32Array): void {
    this.#values = values;
  }

  get stride(): number {
    return this.generator.stride;
  }

  get trained(): number {
    return this.generator.options.imageSize;
  }

  /** The side that the network takes for a side of an image, in pixels. */
  sideFor(side: number): number {
    return networkSide(side, this.generator);
  }

  /** Translates an image. Where the strides do not fit, its edges are repeated to the right and below, and cut off again. */
  async translate(image: Image): Promise<Image> {
    const { width, height } = image;
    const padded = withSize(image, this.sideFor(width), this.sideFor(height));
    const executor = await this.#executorFor(padded.height, padded.width);
    const begun = performance.now();
    const { image: made } = await executor.run({ source: padded.data });
    this.seconds += (performance.now() - begun) / 1000;
    return withSize({ ...padded, data: made! }, width, height);
  }

  async dispose(): Promise<void> {
    this.#executors.clear();
    await Promise.all(this.#going);
  }

  /** Compiles the step of a size before there is anything to translate. */
  async compile(height: number, width: number): Promise<void> {
    await this.#executorFor(this.sideFor(height), this.sideFor(width));
  }

  async #executorFor(height: number, width: number): Promise<Executor> {
    const key = `${height}x${width}`;
    const values = this.#values;
    const known = this.#executors.get(key);
    if (known) {
      if (known.values !== values) {
        // Until all of them are there, it has neither these values nor those.
        known.values = undefined;
        await known.executor.load('generator', { values });
        known.values = values;
      }
      return known.executor;
    }
    const { generator, device } = this;
    const executor = await createExecutor(inferenceStep({ generator, batchSize: 1, height, width }), {
      device,
      values: { generator: values },
    });
    this.#executors.set(key, { executor, values });
    return executor;
  }

  #giveUp(executor: Executor): void {
    const going = executor.dispose().finally(() => this.#going.delete(going));
    this.#going.add(going);
  }
}

/** The upper left part of an image, or the image with its right and lower edges repeated. */
export function withSize(image: Image, width: number, height: number): Image {
  if (width === image.width && height === image.height) return image;
  const data = new Float32Array(width * height * 3);
  const kept = Math.min(width, image.width);
  for (let y = 0; y < height; y++) {
    const row = Math.min(y, image.height - 1) * image.width * 3;
    const to = y * width * 3;
    data.set(image.data.subarray(row, row + kept * 3), to);
    for (let x = kept; x < width; x++) data.copyWithin(to + x * 3, to + (kept - 1) * 3, to + kept * 3);
  }
  return { width, height, data };
}

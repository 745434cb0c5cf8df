import { existsSync } from 'node:fs';
import { type ModelFile, openModelFile } from '../../compute/onnx/model-file.ts';
import { UnsafeModelError } from '../../compute/onnx/model-safety.ts';
import type { DeviceReport } from '../../compute/types.ts';
import { type ImageSequence, inBatches } from '../../data/image-sequence.ts';
import { type Resampling, resampled } from '../../data/resampling.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { UserError } from '../../project/user-error.ts';
import type { FeatureSet } from './frechet.ts';

/** Most numbers in one batch: 1 GiB of them. */
const MOST_VALUES = 2 ** 28;
/** Images per batch if the network's batch size is open. */
const OPEN_BATCH = 8;

type Range = TrainingConfig['evaluate']['featureNetwork']['range'];
/** The network's input value for a level from 0 to 255. */
const IN_RANGE: Record<Range, (level: number) => number> = {
  '0..255': (level) => level,
  '0..1': (level) => level / 255,
  '-1..1': (level) => level / 127.5 - 1,
};

export interface ImageConventions {
  readonly resize: Resampling;
  readonly range: Range;
}

/** Input of a network: images of one size, channels first (NCHW) or channels last (NHWC). */
interface ImageInput {
  readonly layout: 'NCHW' | 'NHWC';
  readonly width: number;
  readonly height: number;
  /** Absent if the batch size is open. */
  readonly batch?: number;
}

/**
 * Opens a feature network while `use` runs.
 * @throws UserError if the file does not exist, is not a model, or does not take a single batch of RGB images
 */
export async function withFeatureNetwork<T>(
  file: string,
  conventions: ImageConventions,
  device: DeviceReport,
  use: (network: FeatureNetwork) => Promise<T>,
): Promise<T> {
  if (!existsSync(file)) {
    throw refusal(file, 'there is no such file. Correct the path (it is relative to the training config)');
  }
  const model = await openModelFile(file, device).catch((error: Error) => {
    if (error instanceof UnsafeModelError) throw refusal(file, error.message, error);
    throw refusal(
      file,
      `ONNX Runtime cannot open it: ${runtimeReason(error)}. Export the network again`,
      error,
    );
  });
  try {
    return await use(new FeatureNetwork(file, model, conventions));
  } finally {
    await model.release();
  }
}

/** The runtime's message, without the place in its own source and without a period at the end. */
function runtimeReason({ message }: Error): string {
  return message
    .trim()
    .replace(/\/\S+:\d+ [^\n]*?\) (?=[A-Z])/g, ' ')
    .replace(/\.+$/, '');
}

function refusal(file: string, reason: string, cause?: unknown): UserError {
  return new UserError(
    'feature-network',
    `${file} (evaluate.featureNetwork.file): ${reason}, or remove the key to skip FID and KID.`,
    { cause },
  );
}

/** A network from the user's file that maps each image to a feature vector. */
class FeatureNetwork {
  readonly #file: string;
  readonly #model: ModelFile;
  readonly #conventions: ImageConventions;
  readonly #input: ImageInput;

  constructor(file: string, model: ModelFile, conventions: ImageConventions) {
    this.#file = file;
    this.#model = model;
    this.#conventions = conventions;
    this.#input = imageInput(file, model);
  }

  /**
   * The network's first output for each image, flattened.
   * @param images at least one
   * @throws UserError if the output is not one row of float32 numbers per image
   */
  async features(images: ImageSequence): Promise<FeatureSet> {
    const { count, size } = images;
    const values = size * size * 3;
    const rows: Float32Array[] = [];
    for await (const batch of inBatches(images, this.#input.batch ?? OPEN_BATCH)) {
      const prepared = Array.from({ length: batch.images.length / values }, (_, i) =>
        this.#prepared(batch.images.subarray(i * values, (i + 1) * values), size),
      );
      rows.push(...(await this.#run(prepared)));
    }
    const dims = rows[0]!.length;
    const flat = new Float32Array(count * dims);
    rows.forEach((row, i) => {
      flat.set(row, i * dims);
    });
    return { rows: flat, dims };
  }

  /** One image in the network's input format. */
  #prepared(data: Float32Array, size: number): Float32Array {
    const { width, height, layout } = this.#input;
    const { resize, range } = this.#conventions;
    const levels = resampled({ width: size, height: size, data }, width, height, resize);
    const pixels = levels.map(IN_RANGE[range]);
    if (layout === 'NHWC') return pixels;
    const plane = width * height;
    return Float32Array.from(pixels, (_, i) => pixels[3 * (i % plane) + Math.floor(i / plane)]!);
  }

  /** One row per image; a batch of fixed size is padded with repeats of the last image. */
  async #run(images: readonly Float32Array[]): Promise<Float32Array[]> {
    const { width, height, layout, batch = images.length } = this.#input;
    const values = width * height * 3;
    const data = new Float32Array(batch * values);
    for (let i = 0; i < batch; i++) data.set(images[Math.min(i, images.length - 1)]!, i * values);
    const extents = layout === 'NCHW' ? [3, height, width] : [height, width, 3];
    const output = await this.#model.run(data, [batch, ...extents]);
    if (!(output.data instanceof Float32Array) || output.dims[0] !== batch || output.data.length === 0) {
      throw refusal(
        this.#file,
        `its first output for ${batch} images is [${output.dims}]; export it with one row of float32 features per image`,
      );
    }
    const dims = output.data.length / batch;
    const features = output.data;
    return images.map((_, i) => features.slice(i * dims, (i + 1) * dims));
  }
}

function imageInput(file: string, { inputs }: ModelFile): ImageInput {
  const [input, ...others] = inputs;
  if (!input || others.length > 0) {
    const found = inputs.map(({ name }) => name).join(', ') || 'none';
    throw refusal(
      file,
      `a feature network must have one input, but this one has ${inputs.length} (${found}). Name another`,
    );
  }
  const { name, dtype, shape } = input;
  const found = `its input \`${name}\` is ${dtype ?? 'no tensor'}${shape ? ` [${shape.join(', ')}]` : ''}`;
  if (dtype !== 'float32' || shape?.length !== 4) {
    throw refusal(
      file,
      `${found}; export it with a float32 input [N, 3, height, width] or [N, height, width, 3]`,
    );
  }
  const [batch, ...extents] = shape;
  if (!extents.every(isExtent)) {
    throw refusal(
      file,
      `${found}; export it with fixed height, width and channels (only the batch may be open)`,
    );
  }
  const [first, second, third] = extents as [number, number, number];
  if (first !== 3 && third !== 3) {
    throw refusal(file, `${found}, with no axis of 3 color channels; export it for RGB images`);
  }
  const values = (isExtent(batch) ? batch : OPEN_BATCH) * first * second * third;
  if (values > MOST_VALUES) {
    throw refusal(
      file,
      `${found}, so one batch would have ${values} numbers, and at most ${MOST_VALUES} fit; export it for smaller images or fewer at once`,
    );
  }
  return {
    ...(first === 3
      ? { layout: 'NCHW', height: second, width: third }
      : { layout: 'NHWC', height: first, width: second }),
    ...(isExtent(batch) && { batch }),
  };
}

function isExtent(extent: number | string | undefined): extent is number {
  return typeof extent === 'number' && extent > 0;
}

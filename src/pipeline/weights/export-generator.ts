import { exportOnnx } from '../../compute/export-onnx.ts';
import { inferenceStep } from '../../models/gan-steps.ts';
import type { ImageGenerator } from '../../models/image-generator.ts';

/**
 * Writes a generator as a stand-alone ONNX model for any number of images of any size.
 * @param values the generator's flat vector, with any LoRA merged in
 * @param metadata key-value pairs of the model, such as the concept
 */
export async function exportGenerator(
  generator: ImageGenerator,
  values: Float32Array,
  path: string,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const { stride, smallestSide, options } = generator;
  await exportOnnx(
    ({ count, height, width }) =>
      inferenceStep({ generator, batchSize: count, height, width, anySize: true }),
    { generator: values },
    path,
    {
      sides: { multiple: stride, least: smallestSide },
      metadata: { ...metadata, trainedSide: String(options.imageSize) },
    },
  );
}

import { onnxModel } from '../../compute/export-onnx.ts';
import { inferenceStep } from '../../models/gan-steps.ts';
import type { ImageGenerator } from '../../models/image-generator.ts';
import { trainedScale } from '../../project/images/load-size.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';

/**
 * The bytes of a generator as a stand-alone ONNX model for any number of images of any size.
 * @param values the generator's flat vector, with any LoRA merged in
 * @param image the images that the generator was trained on
 * @param metadata key-value pairs of the model, such as the concept
 * @param half whether the weights are stored in half precision
 */
export function generatorModel(
  generator: ImageGenerator,
  values: Float32Array,
  image: TrainingConfig['image'],
  metadata: Readonly<Record<string, string>>,
  half = false,
): Buffer {
  const { stride, smallestSide, options } = generator;
  const model = onnxModel(
    ({ count, height, width }) =>
      inferenceStep({ generator, batchSize: count, height, width, anySize: true }),
    { generator: values },
    {
      sides: { multiple: stride, least: smallestSide },
      metadata: {
        ...metadata,
        trainedSide: String(options.imageSize),
        trainedScale: String(trainedScale(image)),
      },
      half,
    },
  );
  return Buffer.from(model.buffer, model.byteOffset, model.byteLength);
}

import { createExecutor } from '../../compute/executor.ts';
import type { DeviceReport } from '../../compute/types.ts';
import { loraInferenceStep } from '../../models/gan-steps.ts';
import type { BaseModel } from '../weights/base-model.ts';
import {
  type HeldOutImages,
  type Inference,
  measuringBatch,
  qualityOf,
  type TranslatedPairs,
  translateAll,
  translateBatch,
} from './held-out.ts';
import { type ImageQuality, meanQuality } from './image-metrics.ts';

/** Translates images by the base with one LoRA vector after another, without training. */
export class LoraTranslator {
  private constructor(
    private readonly inference: Inference,
    private readonly size: number,
  ) {}

  /** @param images most images to translate at once; decides the compiled batch size */
  static async create(base: BaseModel, device: DeviceReport, images: number): Promise<LoraTranslator> {
    const { generator, generatorValues, lora, loraFrozen, loraStart } = base;
    const batchSize = measuringBatch(images);
    const step = loraInferenceStep({ generator, batchSize, generatorValues, lora, loraFrozen });
    const executor = await createExecutor(step, { device, values: { lora: loraStart.slice() } });
    return new LoraTranslator({ executor, batchSize }, generator.options.imageSize);
  }

  /** Translates with this LoRA vector. Only one translation at a time. */
  async *translate(lora: Float32Array, images: HeldOutImages): AsyncGenerator<TranslatedPairs> {
    await this.#load(lora);
    yield* translateAll(this.inference, images);
  }

  /**
   * Translates at most as many images as are translated at once.
   * @param images [n, size, size, 3] in [-1, 1]
   */
  async translateImages(lora: Float32Array, images: Float32Array): Promise<Float32Array> {
    await this.#load(lora);
    return translateBatch(this.inference, images, this.size);
  }

  /** Mean quality over the images with this LoRA vector. */
  async quality(lora: Float32Array, images: HeldOutImages): Promise<ImageQuality> {
    return meanQuality(await qualityOf(this.translate(lora, images), images.size));
  }

  async dispose(): Promise<void> {
    await this.inference.executor.dispose();
  }

  async #load(lora: Float32Array): Promise<void> {
    await this.inference.executor.load('lora', { values: lora.slice() });
  }
}

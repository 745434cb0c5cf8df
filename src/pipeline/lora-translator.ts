import { createExecutor } from '../compute/executor.ts';
import type { DeviceReport, Executor } from '../compute/types.ts';
import { loraInferenceStep } from '../models/gan-steps.ts';
import type { BaseModel } from './base-model.ts';
import { type HeldOutImages, qualityOf, translateAll } from './held-out.ts';
import { type ImageQuality, meanQuality } from './image-metrics.ts';

const INFERENCE_BATCH = 8;

/** The base with one LoRA vector after another, untrained: what each makes of images. */
export class LoraTranslator {
  private constructor(private readonly executor: Executor) {}

  static async create(base: BaseModel, device: DeviceReport): Promise<LoraTranslator> {
    const { generator, generatorValues, lora, loraFrozen, loraStart } = base;
    const step = loraInferenceStep({
      generator,
      batchSize: INFERENCE_BATCH,
      generatorValues,
      lora,
      loraFrozen,
    });
    return new LoraTranslator(await createExecutor(step, { device, values: { lora: loraStart.slice() } }));
  }

  /** @returns [count, size, size, 3] in [-1, 1] */
  async translate(lora: Float32Array, { source, size }: HeldOutImages): Promise<Float32Array> {
    await this.executor.load('lora', { values: lora.slice() });
    return translateAll(this.executor, source, size, INFERENCE_BATCH);
  }

  /** Mean quality over the images. */
  async quality(lora: Float32Array, images: HeldOutImages): Promise<ImageQuality> {
    return meanQuality(qualityOf(await this.translate(lora, images), images));
  }

  async dispose(): Promise<void> {
    await this.executor.dispose();
  }
}

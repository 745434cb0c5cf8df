import { createExecutor } from '../../compute/executor.ts';
import type { DeviceReport, Executor } from '../../compute/types.ts';
import { loraInferenceStep } from '../../models/gan-steps.ts';
import type { BaseModel } from '../weights/base-model.ts';
import { type HeldOutImages, measuringBatch, qualityOf, translateAll } from './held-out.ts';
import { type ImageQuality, meanQuality } from './image-metrics.ts';

/** Translates images by the base with one LoRA vector after another, without training. */
export class LoraTranslator {
  private constructor(
    private readonly executor: Executor,
    private readonly batchSize: number,
  ) {}

  /** @param images most images to translate at once; decides the compiled batch size */
  static async create(base: BaseModel, device: DeviceReport, images: number): Promise<LoraTranslator> {
    const { generator, generatorValues, lora, loraFrozen, loraStart } = base;
    const batchSize = measuringBatch(images);
    const step = loraInferenceStep({ generator, batchSize, generatorValues, lora, loraFrozen });
    const executor = await createExecutor(step, { device, values: { lora: loraStart.slice() } });
    return new LoraTranslator(executor, batchSize);
  }

  /** @returns [count, size, size, 3] in [-1, 1] */
  async translate(lora: Float32Array, { source, size }: HeldOutImages): Promise<Float32Array> {
    await this.executor.load('lora', { values: lora.slice() });
    return translateAll(this.executor, source, size, this.batchSize);
  }

  /** Mean quality over the images with this LoRA vector. */
  async quality(lora: Float32Array, images: HeldOutImages): Promise<ImageQuality> {
    return meanQuality(qualityOf(await this.translate(lora, images), images));
  }

  async dispose(): Promise<void> {
    await this.executor.dispose();
  }
}

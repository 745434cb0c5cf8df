import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { selectDevice } from '../compute/devices.ts';
import { createExecutor } from '../compute/executor.ts';
import type { DeviceReport, Executor } from '../compute/types.ts';
import { applyEffects } from '../data/effects/apply.ts';
import { decodeImage, type Image, loadImage } from '../data/images.ts';
import { openPairs, type PairImageOptions, type PairRef, type PairSource } from '../data/pairs.ts';
import { inferenceStep } from '../models/gan-steps.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../project/load.ts';
import { UserError } from '../project/user-error.ts';
import type { BaseModel } from './base-model.ts';
import { fileVersion, readChosenWeights, weightsFile } from './chosen-weights.ts';
import { type ImageQuality, imageQuality } from './image-metrics.ts';
import type { WarmBase } from './warm-base.ts';

export interface TranslateOneRequest {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly concept: LoadedConcept;
  /** `base`, `denoised`, `fine-tuned`, or a weights file, absolute or relative to the project folder. */
  readonly weights: string;
  readonly image: { readonly file: string } | { readonly name: string; readonly bytes: Buffer };
}

export interface TranslatedImage {
  /** What the generator saw. */
  readonly source: Image;
  readonly translated: Image;
  /** The edited counterpart, where the concept's pairs have one or its effects can make it. */
  readonly target?: Image;
  /** Against the target. */
  readonly quality?: ImageQuality;
  /** Time of the generator alone. */
  readonly seconds: number;
  readonly device: DeviceReport['device'];
}

interface WarmModel {
  readonly base: BaseModel;
  readonly device: DeviceReport;
  /** One image at a time; its parameters are exchanged for each set of weights. */
  readonly executor: Executor;
  /** What the config says about where to compute. */
  readonly key: string;
  /** Which weights are in it now; undefined before the first. */
  weights: string | undefined;
}

/**
 * Translates single images with a generator that stays compiled between calls; LoRA weights are merged into
 * it. Other weights of the same base cost a merge, another base a compilation. Not re-entrant.
 */
export class ImageTranslator {
  readonly #bases: WarmBase;
  #model: WarmModel | undefined;

  constructor(bases: WarmBase) {
    this.#bases = bases;
  }

  /** @throws UserError where base, weights or image are missing or do not fit each other */
  async translate(request: TranslateOneRequest): Promise<TranslatedImage> {
    const { project, training, concept } = request;
    const { size, fit } = training.config.image;
    const { source, target } = await sourceAndTarget(concept, request.image, { size, fit });
    const model = await this.#modelFor(project, training);
    await useWeights(model, request);
    const begun = performance.now();
    const { image } = await model.executor.run({ source: source.data });
    const seconds = (performance.now() - begun) / 1000;
    const translated = { width: size, height: size, data: image! };
    return {
      source,
      translated,
      ...(target && { target, quality: imageQuality(translated.data, target.data, size, size) }),
      seconds,
      device: model.device.device,
    };
  }

  /**
   * Compiles the generator before there is anything to translate.
   * @throws UserError where there is no base
   */
  async warmUp(project: Project, training: LoadedTraining): Promise<void> {
    await this.#modelFor(project, training);
  }

  async dispose(): Promise<void> {
    await this.#model?.executor.dispose();
    this.#model = undefined;
  }

  async #modelFor(project: Project, training: LoadedTraining): Promise<WarmModel> {
    const base = await this.#bases.load(project, training);
    const { device, threads } = training.config;
    const key = `${device} ${threads}`;
    if (this.#model?.base === base && this.#model.key === key) return this.#model;
    await this.dispose();
    const report = await selectDevice(device, threads);
    const executor = await createExecutor(inferenceStep({ generator: base.generator, batchSize: 1 }), {
      device: report,
      values: { generator: base.generatorValues.slice() },
    });
    this.#model = { base, device: report, executor, key, weights: undefined };
    return this.#model;
  }
}

async function useWeights(model: WarmModel, request: TranslateOneRequest): Promise<void> {
  const { project, training, concept, weights } = request;
  const { base, executor } = model;
  const file = weightsFile(project, training, concept, weights);
  if (existsSync(file) && model.weights === (await fileVersion(file))) return;
  const chosen = await readChosenWeights(file, project, training, concept, base);
  await executor.load('generator', { values: chosen.generatorValues() });
  model.weights = await fileVersion(file);
}

async function sourceAndTarget(
  concept: LoadedConcept,
  image: TranslateOneRequest['image'],
  options: PairImageOptions,
): Promise<{ source: Image; target?: Image }> {
  const { pairs } = concept;
  if ('source' in pairs && 'effect' in pairs.target) {
    const source = await loadSource(image, options);
    return { source, target: applyEffects(source, pairs.target.effect) };
  }
  if (!('file' in image)) return { source: await loadSource(image, options) };
  const opened = openPairs(concept);
  const ref = await findPair(opened, image.file);
  if (ref === undefined) return { source: await loadSource(image, options) };
  const source = await opened.loadSource(ref, options);
  return { source, target: await opened.loadTarget(ref, source, options) };
}

async function findPair(pairs: PairSource, file: string): Promise<PairRef | undefined> {
  try {
    const { refs } = await pairs.list();
    return refs.find((ref) => ref.source === resolve(file));
  } catch (error) {
    // A concept may be denoised before it has any pairs: its images then have no counterpart.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function loadSource(image: TranslateOneRequest['image'], options: PairImageOptions): Promise<Image> {
  return 'file' in image ? loadImage(image.file, options) : decodeImage(image.bytes, image.name, options);
}

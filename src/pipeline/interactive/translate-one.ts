import { resolve } from 'node:path';
import { LRUCache } from 'lru-cache';
import { selectDevice } from '../../compute/devices.ts';
import { createExecutor } from '../../compute/executor.ts';
import type { DeviceReport, Executor } from '../../compute/types.ts';
import type { ImageEditor, OpenEditor } from '../../data/image-editor.ts';
import type { Image } from '../../data/image-values.ts';
import { decodeImage, loadImage, UnreadableImage } from '../../data/images.ts';
import { openPairs, type PairImageOptions, type PairRef, type PairSource } from '../../data/pairs.ts';
import { inferenceStep } from '../../models/gan-steps.ts';
import { hashContent } from '../../project/disk/file-hash.ts';
import { pairLayout } from '../../project/files/pair-source.ts';
import { trainedScale } from '../../project/images/load-size.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import { UserError } from '../../project/user-error.ts';
import { editorsOn } from '../image-editors/image-editors.ts';
import { type ImageQuality, imageQuality } from '../metrics/image-metrics.ts';
import type { BaseModel } from '../weights/base-model.ts';
import { fileVersion, readChosenWeights, weightsFile } from '../weights/chosen-weights.ts';
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
  /** The image as the generator saw it; with `image.crop`, the center, as held-out images are measured. */
  readonly source: Image;
  readonly translated: Image;
  /** The edited counterpart, if the concept's pairs have one or its editor can make it. */
  readonly target?: Image;
  /** Quality against the target. */
  readonly quality?: ImageQuality;
  /** Time of the generator alone, in seconds. */
  readonly seconds: number;
  readonly device: DeviceReport['device'];
}

interface SourceAndTarget {
  readonly source: Image;
  readonly target?: Image;
}

/** The images of a request, not yet decoded. */
interface Inputs {
  /** Identifies the content of the images; undefined if a file does not exist. */
  readonly version: string | undefined;
  load(): Promise<SourceAndTarget>;
}

interface WarmModel {
  readonly base: BaseModel;
  readonly device: DeviceReport;
  /** Executor for one image at a time; its parameters are replaced for each set of weights. */
  readonly executor: Executor;
  /** Device and threads of the config. */
  readonly key: string;
  /** The weights that are loaded; undefined before the first ones. */
  weights: string | undefined;
  /** Cached translations, by the versions of weights and images. */
  readonly known: LRUCache<string, TranslatedImage>;
}

/** Size of the cache of images, and of that of translations: a page that is shown again repeats its requests. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Requests for one image always run to their end: the engine cannot cancel them yet. */
const NEVER_ABORTED = new AbortController().signal;

/**
 * Translates single images with a generator that stays compiled between calls; LoRA weights are merged into
 * it. Other weights of the same base cost a merge, another base costs a compilation. The last translations are kept
 * until one of their files changes. Not reentrant.
 */
export class ImageTranslator {
  readonly #bases: WarmBase;
  #model: WarmModel | undefined;
  /** Decoded images by version, which are shared by all sets of weights. */
  readonly #images = keeping<SourceAndTarget>(({ source, target }) => bytesOf(source, target));

  constructor(bases: WarmBase) {
    this.#bases = bases;
  }

  /** Translates one image. @throws UserError if base, weights or image are missing or do not match */
  async translate(request: TranslateOneRequest): Promise<TranslatedImage> {
    const { project, training, concept, image } = request;
    const { size, fit, maxFileSize } = training.config.image;
    const model = await this.#modelFor(project, training);
    const options = { size: trainedScale(training.config.image), fit, maxFileSize };
    const inputs = await findInputs(concept, image, options, editorsOn(training.config));
    const file = weightsFile(project, training, concept, request.weights);
    const weights = await fileVersion(file);
    const key = weights !== undefined && inputs.version !== undefined && `${weights}\n${inputs.version}`;
    const known = key ? model.known.get(key) : undefined;
    if (known) return known;
    const loaded = await this.#load(inputs);
    const source = centerOf(loaded.source, size);
    const target = loaded.target && centerOf(loaded.target, size);
    if (weights === undefined || model.weights !== weights) {
      const chosen = await readChosenWeights(file, project, training, concept, model.base);
      await model.executor.load('generator', { values: chosen.generatorValues() });
      model.weights = weights;
    }
    const begun = performance.now();
    const outputs = await model.executor.run({ source: source.data });
    const seconds = (performance.now() - begun) / 1000;
    const translated = { width: size, height: size, data: outputs.image! };
    const result: TranslatedImage = {
      source,
      translated,
      ...(target && { target, quality: imageQuality(translated.data, target.data, size, size) }),
      seconds,
      device: model.device.device,
    };
    if (key) model.known.set(key, result);
    return result;
  }

  /**
   * Compiles the generator before there is anything to translate.
   * @throws UserError if the base does not exist
   */
  async warmUp(project: Project, training: LoadedTraining): Promise<void> {
    await this.#modelFor(project, training);
  }

  async dispose(): Promise<void> {
    await this.#model?.executor.dispose();
    this.#model = undefined;
  }

  async #load({ version, load }: Inputs): Promise<SourceAndTarget> {
    const known = version === undefined ? undefined : this.#images.get(version);
    if (known) return known;
    const images = await load();
    if (version !== undefined) this.#images.set(version, images);
    return images;
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
    const known = keeping<TranslatedImage>(({ translated }) => bytesOf(translated));
    this.#model = { base, device: report, executor, key, weights: undefined, known };
    return this.#model;
  }
}

function keeping<T extends object>(bytes: (kept: T) => number): LRUCache<string, T> {
  return new LRUCache({ maxSize: KEPT_BYTES, sizeCalculation: bytes });
}

function bytesOf(...images: readonly (Image | undefined)[]): number {
  return images.reduce((sum, image) => sum + (image?.data.byteLength ?? 0), 0);
}

async function findInputs(
  concept: LoadedConcept,
  image: TranslateOneRequest['image'],
  options: PairImageOptions,
  openEditor: OpenEditor,
): Promise<Inputs> {
  const { pairs } = concept;
  const layout = pairLayout(pairs);
  if (layout.kind === 'edited') {
    const editor = openEditor(layout.edit);
    const identity = await editor.identity(concept.prompt);
    return {
      version: await imageVersion(image, [options, layout.edit, identity]),
      load: async () => {
        const source = await loadSource(image, options);
        return { source, target: await editedImage(editor, source, concept.prompt) };
      },
    };
  }
  const opened = openPairs(concept, openEditor);
  const ref = 'file' in image ? await findPair(opened, image.file) : undefined;
  if (ref === undefined) {
    const load = async () => ({ source: await loadSource(image, options) });
    return { version: await imageVersion(image, [options]), load };
  }
  const target = await fileVersion(ref.target ?? ref.source);
  return {
    version: target && (await imageVersion(image, [options, pairs, target])),
    load: async () => {
      const source = await opened.loadSource(ref, options);
      const targets = await opened.openTargets();
      try {
        const [target] = await targets.load([{ ref, source }], options, NEVER_ABORTED);
        if (target instanceof UnreadableImage) throw target;
        return { source, target: target! };
      } finally {
        await targets.dispose();
      }
    },
  };
}

/** The square in the middle of an image that is at least as large. */
function centerOf(image: Image, side: number): Image {
  const { width, height } = image;
  if (width === side && height === side) return image;
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  const data = new Float32Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * width + left) * 3;
    data.set(image.data.subarray(from, from + side * 3), y * side * 3);
  }
  return { width: side, height: side, data };
}

async function editedImage(editor: ImageEditor, source: Image, instruction: string): Promise<Image> {
  const loaded = await editor.load();
  try {
    const [edited] = await loaded.edit([source], instruction, NEVER_ABORTED);
    return edited!;
  } finally {
    await loaded.dispose();
  }
}

/** Identifies the content of an image. @param read everything else that decides how the image is read */
async function imageVersion(image: TranslateOneRequest['image'], read: unknown): Promise<string | undefined> {
  const version = 'file' in image ? await fileVersion(image.file) : hashContent(image.bytes);
  return version && JSON.stringify([version, read]);
}

async function findPair(pairs: PairSource, file: string): Promise<PairRef | undefined> {
  try {
    const { refs } = await pairs.list();
    return refs.find((ref) => ref.source === resolve(file));
  } catch (error) {
    // A concept may be denoised before it has any pairs; its images then have no counterpart.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function loadSource(image: TranslateOneRequest['image'], options: PairImageOptions): Promise<Image> {
  return 'file' in image ? loadImage(image.file, options) : decodeImage(image.bytes, image.name, options);
}

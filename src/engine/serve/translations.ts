/** Handlers of `dnw serve` for translated images. */
import type { Image } from '../../data/image-values.ts';
import { encodePng } from '../../data/images.ts';
import { openPairs } from '../../data/pairs.ts';
import { cachedPairs } from '../../data/prepared.ts';
import { editorsOn } from '../../pipeline/image-editors/image-editors.ts';
import {
  type AreaRequest,
  PictureTranslator,
  type SaveRequest,
  type TranslateOneRequest,
} from '../../pipeline/interactive/picture-translator.ts';
import type { WarmBase } from '../../pipeline/interactive/warm-base.ts';
import { HIGHEST_PSNR } from '../../pipeline/metrics/image-metrics.ts';
import { listWeights } from '../../pipeline/weights/chosen-weights.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import { UserError } from '../../project/user-error.ts';
import {
  FIRST_IMAGES,
  type PictureAreaResult,
  type SaveTranslationProgress,
  type SaveTranslationResult,
  type TranslateResult,
  type TranslationsResult,
} from '../../protocol/serve.ts';

export interface Subject {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly concept: LoadedConcept;
}

/** Number of sets of weights that a page first shows side by side. */
const FIRST_WEIGHTS = 2;

/** Fast, for images that are looked at once. */
const QUICK_COMPRESSION = 1;

export class Translations {
  readonly #translator: PictureTranslator;
  /** Encoded images in base64, so that an image that is shown again is not encoded again. */
  readonly #pngs = new WeakMap<Image, Promise<string>>();

  constructor(bases: WarmBase) {
    this.#translator = new PictureTranslator(bases);
  }

  /** @throws UserError if there is no base */
  compile(project: Project, training: LoadedTraining): Promise<void> {
    return this.#translator.warmUp(project, training);
  }

  /**
   * Translates the images that a page about this concept asks for first, so that they are ready by then.
   * @throws UserError as `translate` does
   */
  async begin(subject: Subject, signal: AbortSignal): Promise<void> {
    const { weights, testImages } = await listTranslations(subject);
    if (testImages.length === 0) await this.compile(subject.project, subject.training);
    for (const image of testImages.slice(0, FIRST_IMAGES)) {
      // The list is in the order of the stages: the last weights are the most advanced.
      for (const { file } of weights.slice(-FIRST_WEIGHTS)) {
        await this.translate({ ...subject, weights: file, image, size: 'train' }, signal);
      }
    }
  }

  /** @throws UserError if base, weights or image are missing or do not fit each other */
  async translate(request: TranslateOneRequest, signal: AbortSignal): Promise<TranslateResult> {
    const result = await this.#translator.translate(request, { signal });
    const [source, translated, target] = await Promise.all([
      this.#png(result.source),
      this.#png(result.translated),
      result.target && this.#png(result.target),
    ]);
    const { quality, seconds, device, isPreview, remarks } = result;
    const { width, height } = result.translated;
    return {
      ...{ source, translated, width, height, seconds, device, isPreview },
      picture: { width: result.picture.width, height: result.picture.height },
      remarks: [...remarks],
      ...(target !== undefined && { target }),
      // JSON has no infinity, which is the PSNR of equal images.
      ...(quality && { psnr: Math.min(quality.psnr, HIGHEST_PSNR), ssim: quality.ssim }),
    };
  }

  /** @throws UserError as `translate` does, or if the picture has no such part */
  async area(request: AreaRequest, signal: AbortSignal): Promise<PictureAreaResult> {
    const { image, isExact } = await this.#translator.area(request, { signal });
    return { image: (await encodePng(image, QUICK_COMPRESSION)).toString('base64'), isExact };
  }

  /** @throws UserError as `translate` does, or if the file must not be written */
  async save(
    request: SaveRequest,
    signal: AbortSignal,
    report: (progress: SaveTranslationProgress) => void,
  ): Promise<SaveTranslationResult> {
    const saved = await this.#translator.save(request, { signal, onPart: (done) => report({ done }) });
    return { ...saved, remarks: [...saved.remarks] };
  }

  #png(image: Image): Promise<string> {
    let png = this.#pngs.get(image);
    if (!png) {
      png = encodePng(image).then((bytes) => bytes.toString('base64'));
      this.#pngs.set(image, png);
    }
    return png;
  }
}

/** The weights of a concept, and the source images that training holds out: none until its pairs are prepared. */
export async function listTranslations({ project, training, concept }: Subject): Promise<TranslationsResult> {
  return {
    weights: await listWeights(project, training, concept),
    testImages: await heldOutImages(training, concept),
  };
}

/** Whether a file is a source image of the concept's pairs. @param file absolute path */
export async function isSourceOf(
  concept: LoadedConcept,
  training: LoadedTraining,
  file: string,
): Promise<boolean> {
  try {
    const { refs } = await openPairs(concept, editorsOn(training.config)).list();
    return refs.some(({ source }) => source === file);
  } catch (error) {
    // Pairs that cannot be listed have no images.
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** Absolute paths. */
async function heldOutImages(training: LoadedTraining, concept: LoadedConcept): Promise<string[]> {
  const { image, seed } = training.config;
  const openEditor = editorsOn(training.config);
  const prepared = await cachedPairs(concept, image, seed, openEditor);
  if (prepared === undefined) return [];
  const { refs } = await openPairs(concept, openEditor).list();
  const sources = new Map(refs.map(({ name, source }) => [name, source]));
  return prepared.test.names.map((name) => sources.get(name)!);
}

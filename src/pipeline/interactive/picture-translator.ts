import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LRUCache } from 'lru-cache';
import { selectDevice } from '../../compute/devices.ts';
import type { DeviceReport } from '../../compute/types.ts';
import type { ImageEditor, OpenEditor } from '../../data/image-editor.ts';
import type { Image, ImageArea, ImageSize } from '../../data/image-values.ts';
import { resizedImage } from '../../data/images.ts';
import { shapeDifference } from '../../data/pair-remarks.ts';
import { openPairs, type PairRef } from '../../data/pairs.ts';
import { openPicture, refuseTooLarge } from '../../data/pictures.ts';
import { resizedArea } from '../../data/resampling.ts';
import { formatOf } from '../../data/translation-files.ts';
import { hashContent } from '../../project/disk/file-hash.ts';
import { makeFolder } from '../../project/disk/folders.ts';
import { newPixelPart } from '../../project/disk/write-whole.ts';
import { pairLayout } from '../../project/files/pair-source.ts';
import { trainedScale } from '../../project/images/load-size.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import { projectPaths } from '../../project/paths.ts';
import { UserError } from '../../project/user-error.ts';
import type { PictureDetail, PictureSize } from '../../protocol/stage-entry.ts';
import { editorsOn } from '../image-editors/image-editors.ts';
import { type ImageQuality, imageQuality } from '../metrics/image-metrics.ts';
import { checkTranslation } from '../stage-outputs.ts';
import { AnySizeGenerator } from '../translation/any-size-generator.ts';
import { EnlargementThreads } from '../translation/enlargement-threads.ts';
import { decodePicture, translatePicture } from '../translation/picture-translation.ts';
import { type Translator, translateArea } from '../translation/translate-tiled.ts';
import {
  differenceOf,
  enlargementRemarks,
  fitsAtOnce,
  networkSize,
  tileShape,
  translateImage,
} from '../translation/whole-picture.ts';
import {
  type FileSettings,
  recipeOf,
  remarksFor,
  writeTranslation,
} from '../translation/written-translation.ts';
import type { BaseModel } from '../weights/base-model.ts';
import { fileVersion, readChosenWeights, weightsFile } from '../weights/chosen-weights.ts';
import type { WarmBase } from './warm-base.ts';
import { type WarmPicture, WarmPictures } from './warm-pictures.ts';

interface PictureRequest {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly concept: LoadedConcept;
  /** Absolute path of the picture. A source image of the concept's pairs has a target. */
  readonly image: string;
}

export interface TranslateOneRequest extends PictureRequest {
  /** `base`, `denoised`, `fine-tuned`, or a weights file, absolute or relative to the project folder. */
  readonly weights: string;
  readonly size: PictureSize;
}

/** A whole picture as the network sees it, and what it makes of it. */
export interface TranslatedPicture {
  readonly source: Image;
  readonly translated: Image;
  /** The edited counterpart, if the concept's pairs have one or its editor can make it. */
  readonly target?: Image;
  /** Quality against the target. */
  readonly quality?: ImageQuality;
  /** Size of the picture itself, upright. */
  readonly picture: ImageSize;
  /** Whether the size that was asked for is too large to translate the whole picture for a look: it has that of training. */
  readonly isPreview: boolean;
  /** What is done with the picture that its owner should know, each as a part of a sentence. */
  readonly remarks: readonly string[];
  /** Time of the generator alone, in seconds. */
  readonly seconds: number;
  readonly device: DeviceReport['device'];
}

export interface AreaRequest extends PictureRequest {
  /** As in `TranslateOneRequest`; undefined for the picture itself. */
  readonly weights: string | undefined;
  readonly size: PictureSize;
  readonly detail: PictureDetail;
  /** A part of the picture. */
  readonly area: ImageArea;
  /** Size of the result in pixels, at most that of the part. */
  readonly width: number;
  readonly height: number;
}

export interface TranslatedArea {
  readonly image: Image;
  /** Whether it is a part of the picture that the settings make; otherwise, of a preview at the size of training. */
  readonly isExact: boolean;
}

export interface SaveRequest extends TranslateOneRequest {
  readonly detail: PictureDetail;
  /** Absolute path of the file, whose extension is that of its format. */
  readonly output: string;
}

export interface SavedTranslation extends ImageSize {
  readonly remarks: readonly string[];
}

/** Stops computing once it is aborted. */
interface Abortable {
  readonly signal: AbortSignal;
  /** Called with the share that is done, from 0 to 1. */
  readonly onPart?: (done: number) => void;
}

/** A picture that is requested, not yet decoded. */
interface Subject {
  readonly picture: WarmPicture;
  /** Identifies the content of the picture, and how its target is made. */
  readonly version: string;
  /** The target for the picture, which is given as the network sees it. */
  target?(source: Image): Promise<Image | undefined>;
}

interface SourceAndTarget {
  readonly source: Image;
  readonly target?: Image;
}

interface WarmModel {
  readonly base: BaseModel;
  readonly device: DeviceReport;
  /** Device and threads of the config. */
  readonly key: string;
  readonly generator: AnySizeGenerator;
  /** Values of the generator, by the versions of weights. */
  readonly values: LRUCache<string, Float32Array>;
  /** Cached translations, by the versions of weights and pictures. */
  readonly known: LRUCache<string, TranslatedPicture>;
  /** Cached tiles, by the versions of weights and the tile's pixels: whoever moves a picture sees most of them again. */
  readonly tiles: LRUCache<string, Image>;
}

/** Size of each cache: a page that is shown again repeats its requests. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** Sets of weights whose generators are kept. */
const KEPT_WEIGHTS = 4;
/** The most pixels of a part that is translated at full resolution to be looked at: about 30 tiles for 256 x 256. */
const MOST_NATIVE = 2.5e6;
/** Whoever asks for an image waits for its target. */
const NEVER_ABORTED = new AbortController().signal;
/** Images smaller than the window of SSIM have no quality. */
const LEAST_MEASURED = 11;

/**
 * Translates pictures for an editor: the whole one as the network sees it, parts of the result, and files. The generator
 * stays compiled between calls; LoRA weights are merged into it. Other weights of the same base cost a merge, another base
 * costs compilations. The last translations are kept until one of their files changes. Not reentrant.
 */
export class PictureTranslator {
  readonly #bases: WarmBase;
  #model: WarmModel | undefined;
  readonly #pictures = new WarmPictures();
  /** Images as the network sees them by version, which are shared by all sets of weights. */
  readonly #images = keeping<SourceAndTarget>(({ source, target }) => bytesOf(source, target));

  constructor(bases: WarmBase) {
    this.#bases = bases;
  }

  /** Translates a whole picture. @throws UserError if base, weights or image are missing or do not match */
  async translate(request: TranslateOneRequest, { signal }: Abortable): Promise<TranslatedPicture> {
    const model = await this.#modelFor(request);
    const weights = await this.#use(model, request);
    return this.#translated(model, weights, await this.#subject(request), request, signal);
  }

  /**
   * A part of a picture, or of its translation.
   * @throws UserError as `translate` does, or if the picture has no such part
   */
  async area(request: AreaRequest, { signal }: Abortable): Promise<TranslatedArea> {
    const { area, width, height, weights } = request;
    const subject = await this.#subject(request);
    refuseOutside(area, subject.picture.picture);
    if (weights === undefined) {
      return { image: await subject.picture.area(area, width, height), isExact: true };
    }
    const model = await this.#modelFor(request);
    const version = await this.#use(model, { ...request, weights });
    const whole = await this.#translated(model, version, subject, request, signal);
    if (whole.isPreview && area.width * area.height <= MOST_NATIVE) {
      const made = await this.#translatedArea(model, version, subject, area, signal);
      return { image: await resizedIfNeeded(made, width, height), isExact: true };
    }
    return { image: await enlargedArea(whole, subject.picture, request), isExact: !whole.isPreview };
  }

  /**
   * Writes the translation of a picture as `dnw translate` does, in the picture's size.
   * @throws UserError as `translate` does, or if the format is unknown or the picture too large for it
   * @throws RefusedOutput if the file would replace the picture, or anything that this program did not write
   */
  async save(request: SaveRequest, { signal, onPart }: Abortable): Promise<SavedTranslation> {
    const { project, training, image, output, size, detail } = request;
    const format = formatOf(output);
    await checkTranslation(project, image, output);
    const { maxFileSize } = training.config.image;
    const trained = trainedScale(training.config.image);
    const { half } = await findInputs(request, editorsOn(training.config));
    const picture = await openPicture(image, { maxFileSize, keepPlace: false, half });
    refuseTooLarge(picture, format);
    const model = await this.#modelFor(request);
    const weights = await this.#use(model, request);
    const settings: FileSettings = { size, detail, format, quality: undefined, keepLocation: false };
    const recipe = recipeOf(picture, hashContent(model.values.get(weights)!), settings, trained);
    const scratch = scratchOf(project);
    await makeFolder(scratch);
    const decoded = await decodePicture(picture, settings, trained, scratch);
    const pixels = newPixelPart(scratch);
    const threads = new EnlargementThreads(training.config.threads);
    try {
      const rest = await translatePicture(
        model.generator,
        decoded,
        settings,
        pixels,
        threads,
        async (done) => {
          onPart?.(done);
          return goesOn(signal);
        },
      );
      if (!rest) throw aborted(signal);
      await rest();
      await writeTranslation(pixels, output, recipe, settings, scratch);
    } finally {
      await threads.dispose();
      await rm(pixels, { force: true });
    }
    const { width, height } = picture;
    return { width, height, remarks: remarksFor(picture, settings, trained) };
  }

  /**
   * Compiles the generator before there is anything to translate, for square images.
   * @throws UserError if the base does not exist
   */
  async warmUp(project: Project, training: LoadedTraining): Promise<void> {
    const { generator } = await this.#modelFor({ project, training });
    const { size } = training.config.image;
    await generator.compile(size, size);
  }

  async dispose(): Promise<void> {
    this.#pictures.dispose();
    await this.#model?.generator.dispose();
    this.#model = undefined;
  }

  async #translated(
    model: WarmModel,
    weights: string,
    subject: Subject,
    { size, training }: Pick<TranslateOneRequest, 'size' | 'training'>,
    signal: AbortSignal,
  ): Promise<TranslatedPicture> {
    const { picture } = subject.picture;
    const trained = trainedScale(training.config.image);
    const wanted = networkSize(picture, size, trained);
    const isPreview = size === 'native' && !fitsAtOnce(wanted, model.generator.trained);
    const { width, height } = isPreview ? networkSize(picture, 'train', trained) : wanted;
    const version = JSON.stringify([subject.version, width, height]);
    const key = `${weights}\n${version}`;
    const remarks = [...picture.remarks, ...enlargementRemarks(picture, isPreview ? 'train' : size, trained)];
    const known = model.known.get(key);
    if (known) return { ...known, isPreview, remarks };
    const { source, target } = await this.#load(subject, version, width, height);
    const before = model.generator.seconds;
    const translated = await translateImage(model.generator, source, () => goesOn(signal));
    if (!translated) throw aborted(signal);
    const isMeasured = target && Math.min(width, height) >= LEAST_MEASURED;
    const result: TranslatedPicture = {
      source,
      translated,
      ...(target && { target }),
      ...(isMeasured && { quality: imageQuality(translated.data, target.data, width, height) }),
      picture: { width: picture.width, height: picture.height },
      isPreview,
      remarks,
      seconds: model.generator.seconds - before,
      device: model.device.device,
    };
    model.known.set(key, result);
    return result;
  }

  async #translatedArea(
    { generator, tiles }: WarmModel,
    weights: string,
    { picture }: Subject,
    area: ImageArea,
    signal: AbortSignal,
  ): Promise<Image> {
    const remembering: Translator = {
      stride: generator.stride,
      sideFor: (side) => generator.sideFor(side),
      translate: async (tile) => {
        const key = `${weights}\n${tile.width}x${tile.height} ${hashContent(tile.data)}`;
        const known = tiles.get(key);
        if (known) return known;
        const made = await generator.translate(tile);
        tiles.set(key, made);
        return made;
      },
    };
    const shape = tileShape(generator.trained, generator.stride);
    const rows = await picture.rows();
    const made = await translateArea(remembering, rows, shape, area, () => goesOn(signal));
    if (!made) throw aborted(signal);
    return made;
  }

  /** Has the generator translate with a request's weights. @returns what identifies them */
  async #use(
    model: WarmModel,
    { project, training, concept, weights }: Omit<TranslateOneRequest, 'image' | 'size'>,
  ): Promise<string> {
    const file = weightsFile(project, training, concept, weights);
    // A file that is missing is reported as it is read.
    const version = (await fileVersion(file)) ?? file;
    let values = model.values.get(version);
    if (!values) {
      values = (await readChosenWeights(file, project, training, concept, model.base)).generatorValues();
      model.values.set(version, values);
    }
    model.generator.use(values);
    return version;
  }

  async #subject(request: PictureRequest): Promise<Subject> {
    const { project, training, image } = request;
    const { half, version, target } = await findInputs(request, editorsOn(training.config));
    const { maxFileSize } = training.config.image;
    const open: OpenOther = (file, which) =>
      this.#pictures.open(file, { maxFileSize, half: which, scratch: scratchOf(project) });
    const picture = await open(image, half);
    return {
      picture,
      version: JSON.stringify([picture.version, version]),
      ...(target && { target: (source: Image) => target(source, picture, open) }),
    };
  }

  async #load(subject: Subject, version: string, width: number, height: number): Promise<SourceAndTarget> {
    const known = this.#images.get(version);
    if (known) return known;
    const source = await subject.picture.resized(width, height);
    const target = await subject.target?.(source);
    const images = { source, ...(target && { target }) };
    this.#images.set(version, images);
    return images;
  }

  async #modelFor({ project, training }: Pick<PictureRequest, 'project' | 'training'>): Promise<WarmModel> {
    const base = await this.#bases.load(project, training);
    const { device, threads } = training.config;
    const key = `${device} ${threads}`;
    if (this.#model?.base === base && this.#model.key === key) return this.#model;
    await this.#model?.generator.dispose();
    const report = await selectDevice(device, threads);
    const generator = new AnySizeGenerator(base.generator, base.generatorValues.slice(), report);
    this.#model = {
      ...{ base, device: report, generator, key },
      values: new LRUCache({ max: KEPT_WEIGHTS }),
      known: keeping<TranslatedPicture>(({ translated }) => bytesOf(translated)),
      tiles: keeping<Image>((tile) => bytesOf(tile)),
    };
    return this.#model;
  }
}

const scratchOf = ({ folder }: Project) => join(projectPaths(folder).cache, 'pictures');

/** Lets cancellations arrive. @returns whether to go on */
async function goesOn(signal: AbortSignal): Promise<boolean> {
  await new Promise((resolve) => setImmediate(resolve));
  return !signal.aborted;
}

const aborted = (signal: AbortSignal): unknown => signal.reason;

function keeping<T extends object>(bytes: (kept: T) => number): LRUCache<string, T> {
  return new LRUCache({ maxSize: KEPT_BYTES, sizeCalculation: bytes });
}

function bytesOf(...images: readonly (Image | undefined)[]): number {
  return images.reduce((sum, image) => sum + (image?.data.byteLength ?? 0), 0);
}

function refuseOutside({ left, top, width, height }: ImageArea, picture: ImageSize): void {
  if (left + width <= picture.width && top + height <= picture.height) return;
  throw new UserError(
    'bad-request',
    `The picture has ${picture.width}x${picture.height} pixels, and no part of ${width}x${height} at ${left}, ${top}.`,
  );
}

async function resizedIfNeeded(image: Image, width: number, height: number): Promise<Image> {
  return image.width === width && image.height === height ? image : resizedImage(image, width, height);
}

/** A part of the enlarged translation, as `enlarged` in whole-picture.ts makes the whole. */
async function enlargedArea(
  { source, translated }: TranslatedPicture,
  picture: WarmPicture,
  { area, width, height, detail }: AreaRequest,
): Promise<Image> {
  const { width: wholeWidth, height: wholeHeight } = picture.picture;
  const isOwnSize = translated.width === wholeWidth && translated.height === wholeHeight;
  const withDetail = detail === 'source' && !isOwnSize;
  const low = withDetail ? differenceOf(translated, source) : translated;
  const [scaleX, scaleY] = [low.width / wholeWidth, low.height / wholeHeight];
  const within = {
    left: area.left * scaleX,
    top: area.top * scaleY,
    width: area.width * scaleX,
    height: area.height * scaleY,
  };
  const data = resizedArea(low, within, width, height, 'bicubic');
  if (withDetail) {
    const base = (await picture.area(area, width, height)).data;
    for (let i = 0; i < data.length; i++) data[i]! += base[i]!;
  }
  return { width, height, data };
}

type Half = 'left' | 'right';
type OpenOther = (file: string, half?: Half) => Promise<WarmPicture>;

/** What a request's image is in the concept's pairs. */
interface Inputs {
  /** Which half of the file is the picture. */
  readonly half?: Half;
  /** Identifies how the target is made. */
  readonly version: unknown;
  /** The target for the picture as the network sees it; undefined if there is none after all. */
  target?(source: Image, picture: WarmPicture, open: OpenOther): Promise<Image | undefined>;
}

async function findInputs(
  { concept, training, image }: PictureRequest,
  openEditor: OpenEditor,
): Promise<Inputs> {
  const { pairs, prompt } = concept;
  const layout = pairLayout(pairs);
  if (layout.kind === 'edited') {
    const editor = openEditor(layout.edit);
    return {
      version: [layout.edit, await editor.identity(prompt)],
      target: (source) => editedImage(editor, source, prompt),
    };
  }
  const ref = await findPair(concept, openEditor, image);
  if (ref === undefined) return { version: [] };
  if (layout.kind === 'aligned') {
    const [half, other] =
      layout.direction === 'AtoB' ? (['left', 'right'] as const) : (['right', 'left'] as const);
    return {
      half,
      version: pairs,
      target: async ({ width, height }, _, open) => (await open(image, other)).resized(width, height),
    };
  }
  const target = ref.target!;
  return {
    version: [pairs, await fileVersion(target)],
    target: async ({ width, height }, { picture }, open) => {
      const edited = await open(target);
      // Training leaves such pairs out as well.
      if (shapeDifference(picture, edited.picture, training.config.image.fit) !== undefined) return undefined;
      return edited.resized(width, height);
    },
  };
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

async function findPair(
  concept: LoadedConcept,
  openEditor: OpenEditor,
  file: string,
): Promise<PairRef | undefined> {
  try {
    const { refs } = await openPairs(concept, openEditor).list();
    return refs.find((ref) => ref.source === resolve(file));
  } catch (error) {
    // A concept may be denoised before it has any pairs; its images then have no counterpart.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

import { MOST_AREA_SIDE } from '../serve.ts';
import { PICTURE_DETAILS, type PictureDetail, type PictureSize } from '../stage-entry.ts';
import { PICTURE_SIDE } from '../stage-options.ts';
import { type ConceptChoices, type ConceptTarget, conceptTarget, readyChoices } from './choices.ts';
import { connected, type PendingState, saveRequest, viewState } from './common.ts';
import {
  anyOf,
  bytes,
  either,
  exactly,
  flag,
  having,
  list,
  literal,
  maybe,
  nothing,
  notificationType,
  number,
  oneOf,
  requestType,
  text,
  whole,
} from './schema.ts';

/**
 * The contract of the Translate view: images translated with a concept's weights, next to the targets of its pairs. Of a large
 * image the page gets a small whole, and the part that is looked at as large as it is shown.
 */

export type TranslateTarget = ConceptTarget;

/** An image that can be translated: a held-out one of the concept, or one that the user gave. */
export interface ImageChoice {
  name: string;
  /** Absolute path. */
  file: string;
}

export type TranslateViewState = PendingState | ({ kind: 'ready' } & ConceptChoices);

export interface TestImagesRequest {
  training: string;
  concept: string;
}

/** An image that was dropped from the editor's explorer, or the bytes of a file that was dropped from outside or pasted. */
export type GivenImage = { kind: 'uri'; uri: string } | { kind: 'bytes'; name: string; data: Uint8Array };

export interface ThumbnailRequest {
  training: string;
  concept: string;
  /** `file` of the image. */
  image: string;
}

export interface PictureRequest extends ThumbnailRequest {
  /** How large the network sees the picture, as `dnw translate --size`. */
  size: PictureSize;
}

export interface TranslateRequest extends PictureRequest {
  /** `file` of the weights choice. */
  weights: string;
}

export interface Translation {
  /** The whole image as the generator saw it, upright, as PNG. */
  source: Uint8Array;
  /** Of the same size, like the target. */
  translated: Uint8Array;
  /** The target for this image, if it belongs to the concept's pairs or the concept's effects can be applied. */
  target?: Uint8Array;
  /** Size of these images. */
  width: number;
  height: number;
  /** Size of the image's own pixels, upright. */
  picture: PictureShape;
  /** Whether the image is too large to be translated whole at full resolution to be looked at: it was at the size of training. */
  isPreview: boolean;
  /** What was done with the image, in the engine's words: turned upright, converted to sRGB. */
  remarks: string[];
  /** How long the generator took, without loading. */
  seconds: number;
  device: string;
  /** Peak signal-to-noise ratio against the target in dB, over values in [0, 1]. */
  psnr?: number;
  /** Structural similarity of the luminance to the target's, at most 1. */
  ssim?: number;
}

export interface PictureShape {
  width: number;
  height: number;
}

/** A part of an image or of its translation, as large as it is shown: large pictures never reach the page whole. */
export interface AreaRequest extends PictureRequest {
  /** Where it is shown. A request takes the place of an earlier one for the same side, which is given up. */
  side: 'left' | 'right';
  /** Absent for the image itself. */
  weights?: string;
  detail: PictureDetail;
  /** The part, in pixels of the upright image. */
  area: PictureArea;
  /** Size of the result in pixels, at most that of the part. */
  width: number;
  height: number;
}

export interface PictureArea extends PictureShape {
  left: number;
  top: number;
}

export interface ShownArea {
  /** PNG. */
  image: Uint8Array;
  /** Whether its pixels are those that are saved; otherwise it is from a preview at the size of training. */
  isExact: boolean;
}

export interface SaveTranslationRequest extends TranslateRequest {
  detail: PictureDetail;
  /** The suggested file name. */
  name: string;
}

export interface SavedTranslation extends PictureShape {
  /** Absolute path. */
  file: string;
}

export interface DenoiseRequest {
  training: string;
  concept: string;
  /** Seed of the noise that denoising starts from. */
  seed: number;
  /** Number of denoising steps; the paper uses 1. */
  steps: number;
}

export interface DenoisedWeights {
  /** Serves as `weights` of a translation or of statistics. */
  weights: string;
  seconds: number;
  device: string;
}

const state = viewState(readyChoices);
const translation = {
  training: text,
  concept: text,
  weights: text,
  image: text,
  size: anyOf<PictureSize>(oneOf(['train', 'native']), whole(PICTURE_SIDE.min, PICTURE_SIDE.max)),
};
const detail = oneOf(PICTURE_DETAILS);
const image = having<ImageChoice>({ name: text, file: text });

export const translateView = {
  connect: requestType(
    'translate/connect',
    nothing,
    connected<TranslateTarget, TranslateViewState>(conceptTarget, state),
  ),
  stateChanged: notificationType<TranslateViewState>('translate/state', state),
  /** Lists the held-out images of a concept; empty until its pairs are prepared. */
  testImages: requestType(
    'translate/testImages',
    exactly<TestImagesRequest>({ training: text, concept: text }),
    list(image),
  ),
  /** Takes an image that the user has given: it can be translated from then on. */
  giveImage: requestType(
    'translate/giveImage',
    either<GivenImage>(
      'kind',
      exactly<Extract<GivenImage, { kind: 'uri' }>>({ kind: literal('uri'), uri: text }),
      exactly<Extract<GivenImage, { kind: 'bytes' }>>({ kind: literal('bytes'), name: text, data: bytes }),
    ),
    image,
  ),
  /** A small copy of an image as PNG, upright. */
  thumbnail: requestType(
    'translate/thumbnail',
    exactly<ThumbnailRequest>({ training: text, concept: text, image: text }),
    bytes,
  ),
  translate: requestType(
    'translate/translate',
    exactly<TranslateRequest>(translation),
    having<Translation>({
      source: bytes,
      translated: bytes,
      target: maybe(bytes),
      width: number,
      height: number,
      picture: having<PictureShape>({ width: number, height: number }),
      isPreview: flag,
      remarks: list(text),
      seconds: number,
      device: text,
      psnr: maybe(number),
      ssim: maybe(number),
    }),
  ),
  area: requestType(
    'translate/area',
    exactly<AreaRequest>({
      ...translation,
      side: oneOf(['left', 'right']),
      weights: maybe(text),
      detail,
      area: exactly<PictureArea>({ left: whole(0), top: whole(0), width: whole(1), height: whole(1) }),
      width: whole(1, MOST_AREA_SIDE),
      height: whole(1, MOST_AREA_SIDE),
    }),
    having<ShownArea>({ image: bytes, isExact: flag }),
  ),
  /** Asks where to save a translation in the image's own size, and writes it there; undefined if the user chose no place. */
  saveTranslation: requestType<SaveTranslationRequest, SavedTranslation | undefined>(
    'translate/saveTranslation',
    exactly<SaveTranslationRequest>({ ...translation, detail, name: text }),
    maybe(having<SavedTranslation>({ file: text, width: number, height: number })),
  ),
  /** Denoises weights with another seed or number of steps, without touching the concept's own. */
  denoise: requestType(
    'translate/denoise',
    exactly<DenoiseRequest>({ training: text, concept: text, seed: whole(0), steps: whole(1) }),
    having<DenoisedWeights>({ weights: text, seconds: number, device: text }),
  ),
  /** Asks for an image file with the editor's dialog; undefined if the user chose none. */
  chooseImage: requestType<void, ImageChoice | undefined>('translate/chooseImage', nothing, maybe(image)),
  /** Saves the picture where the user chooses; false if they chose no place. */
  save: requestType('translate/save', saveRequest, flag),
  /** Opens the run of this id. */
  openRun: requestType('translate/openRun', text, nothing),
};

import { type ConceptChoices, type ConceptTarget, conceptTarget, readyChoices } from './choices.ts';
import { connected, type PendingState, saveRequest, viewState } from './common.ts';
import {
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
  requestType,
  text,
  whole,
} from './schema.ts';

/** The contract of the Translate view: images translated with a concept's weights, next to the targets of its pairs. */

export type TranslateTarget = ConceptTarget;

/** An image that can be translated: a held-out one of the concept, or one that the user chose. */
export interface ImageChoice {
  name: string;
  /** Absolute path. */
  file: string;
  /** Address for an `img` element. */
  uri: string;
}

export type TranslateViewState = PendingState | ({ kind: 'ready' } & ConceptChoices);

export interface TestImagesRequest {
  training: string;
  concept: string;
}

/** An image of the list, one dropped from the editor's explorer, or the bytes of a file dropped from outside. */
export type TranslateImage =
  | { kind: 'file'; file: string }
  | { kind: 'uri'; uri: string }
  | { kind: 'bytes'; name: string; data: Uint8Array };

export interface TranslateRequest {
  training: string;
  concept: string;
  /** `file` of the weights choice. */
  weights: string;
  image: TranslateImage;
}

export interface Translation {
  /** The image as the generator saw it, as PNG: square, cropped to the training's size. */
  source: Uint8Array;
  translated: Uint8Array;
  /** The target for this image, if it belongs to the concept's pairs or the concept's effects can be applied. */
  target?: Uint8Array;
  width: number;
  height: number;
  /** How long the generator took, without loading. */
  seconds: number;
  device: string;
  /** Peak signal-to-noise ratio against the target in dB, over values in [0, 1]. */
  psnr?: number;
  /** Structural similarity of the luminance to the target's, at most 1. */
  ssim?: number;
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
const image = having<ImageChoice>({ name: text, file: text, uri: text });

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
  translate: requestType(
    'translate/translate',
    exactly<TranslateRequest>({
      training: text,
      concept: text,
      weights: text,
      image: either<TranslateImage>(
        'kind',
        exactly<Extract<TranslateImage, { kind: 'file' }>>({ kind: literal('file'), file: text }),
        exactly<Extract<TranslateImage, { kind: 'uri' }>>({ kind: literal('uri'), uri: text }),
        exactly<Extract<TranslateImage, { kind: 'bytes' }>>({
          kind: literal('bytes'),
          name: text,
          data: bytes,
        }),
      ),
    }),
    having<Translation>({
      source: bytes,
      translated: bytes,
      target: maybe(bytes),
      width: number,
      height: number,
      seconds: number,
      device: text,
      psnr: maybe(number),
      ssim: maybe(number),
    }),
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

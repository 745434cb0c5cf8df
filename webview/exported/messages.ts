import type { PageFacts } from '../../src/protocol/exported-page.ts';
import type { PictureDetail, PictureSize } from '../../src/protocol/stage-entry.ts';

/** What the page asks of its worker: first to start, then for one translation after the other. */
export type WorkerRequest =
  /** Both blobs are gzipped. */
  | { readonly kind: 'start'; readonly facts: PageFacts; readonly runtime: Blob; readonly model: Blob }
  | { readonly kind: 'translate'; readonly file: Blob; readonly settings: Settings };

export interface Settings {
  readonly size: PictureSize;
  readonly detail: PictureDetail;
}

export interface Translation {
  /** A PNG file of the picture's size. */
  readonly png: Blob;
  readonly width: number;
  readonly height: number;
  /** Size at which the network saw the picture. */
  readonly seen: { readonly width: number; readonly height: number };
  /** Time in the network, in seconds. */
  readonly seconds: number;
}

/** What went wrong; the page has the words for it. */
export type Failure =
  /** The browser lacks something, or the network could not be loaded. */
  | { readonly reason: 'start' | 'network'; readonly message: string }
  /** Pixels that are read are not those that were drawn: protection against fingerprinting. */
  | { readonly reason: 'pixels' }
  /** The picture is damaged, or too large for the decoder. */
  | { readonly reason: 'decoding' }
  | { readonly reason: 'memory' };

export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'translated'; readonly translation: Translation }
  | { readonly kind: 'failed'; readonly failure: Failure };

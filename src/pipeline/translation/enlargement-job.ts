import type { Image, ImageSize } from '../../data/image-values.ts';

/** What a thread of `EnlargementThreads` is sent: some rows of a result that is enlarged. It answers with their bytes. */
export interface EnlargementJob {
  /** The result at the network's size, or what it changed. */
  readonly low: Image;
  readonly own: ImageSize;
  readonly from: number;
  readonly to: number;
  /** The same rows of the picture, where something of them is needed. */
  readonly picture?: {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly channels: 3 | 4;
    /** Whether `low` is added to them. Otherwise, only their alpha is taken. */
    readonly isBase: boolean;
  };
}

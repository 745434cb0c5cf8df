import type { Edit } from '../project/schema/image-editors.ts';
import type { Image } from './image-values.ts';

/** Makes edited images. It is cheap to create: `load` loads everything that has to be loaded. */
export interface ImageEditor {
  /**
   * Everything that determines the edited images other than the source images and the settings in the concept file, such
   * as the hash of a model's file, and the instruction if the editor reads it. It is part of the key of cached pairs;
   * undefined if there is nothing else.
   * @throws UserError if it cannot be determined, for example because a model's file does not exist
   */
  identity(instruction: string): Promise<string | undefined>;
  /**
   * Loads everything that the editor needs.
   * @throws UserError if something cannot be loaded
   */
  load(): Promise<LoadedEditor>;
}

/** An image editor that is ready to use until it is disposed of. */
export interface LoadedEditor {
  /** Where it computes, for messages: a device of `dnw devices`, or the host of a service. */
  readonly device: string;
  /** Maximum number of images per call of `edit`, 1 or more. */
  readonly batchSize: number;
  /** Number of calls of `edit` that may run at the same time (default 1). */
  readonly concurrency?: number;
  /**
   * Makes the edited images. Deterministic: equal inputs give equal images.
   * @param images all of one size; they are not changed
   * @param instruction the concept's prompt
   * @param signal aborted if the result is no longer wanted; the promise may then reject with anything
   * @returns an image of the same size for each image
   */
  edit(images: readonly Image[], instruction: string, signal: AbortSignal): Promise<Image[]>;
  dispose(): Promise<void>;
}

/** Opens the editor that a concept names. Passed in by layers that, unlike this one, can run networks. */
export type OpenEditor = (edit: Edit) => ImageEditor;

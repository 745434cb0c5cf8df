import type { Edit } from '../project/schema/image-editors.ts';
import type { Image } from './images.ts';

/** What makes edited images. It holds nothing that costs: whatever has to be loaded is loaded by `load`. */
export interface ImageEditor {
  /**
   * What decides the edited images beside the source images and the settings in the concept file, such as the
   * instruction, where it is read, and the hash of a model's file. Enters the key under which pairs are cached;
   * undefined where nothing does.
   * @throws UserError where that cannot be told, such as for a model's file that is not there
   */
  identity(instruction: string): Promise<string | undefined>;
  /** @throws UserError where what it needs cannot be loaded */
  load(): Promise<LoadedEditor>;
}

/** An image editor that is ready, until it is disposed of. */
export interface LoadedEditor {
  /** Where it computes, for people: a device of `dnw devices`, or the host of a service. */
  readonly device: string;
  /** Most images that it takes at once, 1 or more. */
  readonly batchSize: number;
  /**
   * Deterministic: equal inputs give equal images.
   * @param images all of one size, left as they are
   * @param instruction the concept's prompt
   * @param signal aborted where the result is no longer wanted: it may then reject with anything
   * @returns an image of the same size for each
   */
  edit(images: readonly Image[], instruction: string, signal: AbortSignal): Promise<Image[]>;
  dispose(): Promise<void>;
}

/** Opens the editor that a concept names. Given by layers that, unlike this one, know how networks are run. */
export type OpenEditor = (edit: Edit) => ImageEditor;

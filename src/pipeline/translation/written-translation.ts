/** What becomes of a translation's pixels: the file that users get, from a command and from the editor. */
import { rm } from 'node:fs/promises';
import { writeOutput } from '../../data/outputs.ts';
import { markFile } from '../../data/own-files.ts';
import { encodePicture, type Picture } from '../../data/pictures.ts';
import { hashContent } from '../../project/disk/file-hash.ts';
import type { PictureFormat } from '../../protocol/stage-entry.ts';
import type { TranslationSettings } from './picture-translation.ts';
import { enlargementRemarks } from './whole-picture.ts';

/** Rises when the same picture, weights and options give another result. */
const VERSION = 2;

/** Everything that a translation depends on, besides the picture and the weights. */
export interface FileSettings extends TranslationSettings {
  readonly format: PictureFormat;
  /** 1 to 100; undefined for the default. */
  readonly quality: number | undefined;
  /** Whether the place where a photograph was taken stays in its metadata. */
  readonly keepLocation: boolean;
}

/**
 * Identifies the translation of a picture: the picture's bytes, the whole generator, and what is done with them.
 * @param generator hash of the generator's values
 */
export function recipeOf(
  picture: Picture,
  generator: string,
  { size, detail, format, quality, keepLocation }: FileSettings,
  trained: number,
): string {
  // Earlier versions enlarged strips further; the translations of other pictures are the same.
  const [limit] = enlargementRemarks(picture, size, trained);
  const settings = { size, detail, format, quality, keepLocation, limit };
  return hashContent(JSON.stringify([VERSION, picture.hash, generator, settings, trained]));
}

/**
 * Encodes a file of pixels and writes it where the user wants it, with the mark of its content.
 * @param pixels the `.v` file, which is removed
 * @param staging folder that this process owns
 * @throws RefusedOutput if something that this program did not write has the name
 */
export async function writeTranslation(
  pixels: string,
  path: string,
  recipe: string,
  { format, quality }: FileSettings,
  staging: string,
): Promise<void> {
  const encoded = await encodePicture(pixels, format, quality);
  await writeOutput(path, markFile(encoded, recipe), staging);
  await rm(pixels);
}

/** What is done with a picture that its owner should know, each as a part of a sentence. */
export function remarksFor(
  picture: Picture,
  { size, format }: Pick<FileSettings, 'size' | 'format'>,
  trained: number,
): string[] {
  const { remarks, hasAlpha } = picture;
  const isFlattened = remarks.length > 0 && format === 'jpeg' && hasAlpha;
  return [
    ...remarks,
    ...(isFlattened ? ['jpeg has no transparency: on white'] : []),
    ...enlargementRemarks(picture, size, trained),
  ];
}

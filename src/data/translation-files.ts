import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { IMAGE_EXTENSIONS, listImages } from '../project/disk/image-files.ts';
import { type PassedOver, passedOverText } from '../project/disk/passed-over.ts';
import { foldOf } from '../project/names.ts';
import { UserError } from '../project/user-error.ts';
import { PICTURE_FORMATS, type PictureFormat } from '../protocol/stage-entry.ts';

/** An image, and the file that its translation is written to. */
export interface TranslationFile {
  readonly file: string;
  readonly written: string;
}

export interface TranslationFiles {
  /** The folder of the images. */
  readonly folder: string;
  /** At least one. */
  readonly files: readonly TranslationFile[];
  /** What of the folder is not translated, and why. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * The images that an input stands for, and the files that their translations are written to.
 * @param input absolute path of an image or a folder of images
 * @param format of the translations
 * @throws UserError if the folder has no image
 */
export async function translationFiles(
  input: string,
  output: string,
  format: PictureFormat,
): Promise<TranslationFiles> {
  const isFolder = (await stat(input)).isDirectory();
  const { files: images, passedOver } = isFolder
    ? await listImages(input)
    : { files: [input], passedOver: [] };
  if (images.length === 0) {
    const others = passedOverText(passedOver);
    throw new UserError(
      'no-images',
      `${input} contains no image. Image files end in ${IMAGE_EXTENSIONS.join(', ')}.` +
        (others === undefined ? '' : ` Passed over: ${others}.`),
    );
  }
  const names = translationNames(
    images.map((file) => basename(file)),
    EXTENSIONS[format],
  );
  return {
    folder: isFolder ? input : dirname(input),
    files: images.map((file, index) => ({ file, written: join(output, names[index]!) })),
    passedOver,
  };
}

const EXTENSIONS: Readonly<Record<PictureFormat, string>> = { png: 'png', jpeg: 'jpg', webp: 'webp' };

/** @throws UserError if the name does not end in an extension of a format that translations are written in */
export function formatOf(file: string): PictureFormat {
  const extension = extname(file).slice(1).toLowerCase();
  const format = extension === 'jpeg' ? 'jpeg' : PICTURE_FORMATS.find((one) => EXTENSIONS[one] === extension);
  if (format) return format;
  const endings = PICTURE_FORMATS.map((one) => `.${EXTENSIONS[one]}`).join(', ');
  throw new UserError('bad-option-value', `${file}: end the name in ${endings}.`);
}

/**
 * Names of the translations, one for each image: `a.png` for `a.jpg`, but `a.jpg.png` and `a.tif.png` where both images are
 * there. All are different, also for file systems that ignore case or forms of Unicode.
 * @param names file names, all different
 */
export function translationNames(names: readonly string[], extension: string): string[] {
  const stems = names.map((name) => basename(name, extname(name)));
  const count = new Map<string, number>();
  for (const stem of stems) count.set(foldOf(stem), (count.get(foldOf(stem)) ?? 0) + 1);
  const isAlone = (index: number) => count.get(foldOf(stems[index]!)) === 1;
  const taken = new Set(stems.filter((_, index) => isAlone(index)).map(foldOf));
  return names.map((name, index) => {
    if (isAlone(index)) return `${stems[index]}.${extension}`;
    let chosen = name;
    for (let n = 2; taken.has(foldOf(chosen)); n++) chosen = `${name}-${n}`;
    taken.add(foldOf(chosen));
    return `${chosen}.${extension}`;
  });
}

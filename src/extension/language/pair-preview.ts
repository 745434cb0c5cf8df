import { basename, dirname, resolve } from 'node:path';
import { folderOf } from '../../project/disk/image-files.ts';
import { matchImages, nameBelow } from '../../project/files/match-names.ts';
import { imagesIn } from '../../project/files/pair-source.ts';
import type { ImageSources } from '../../project/images/image-sources.ts';
import type { YamlDocument } from '../../project/yaml/document.ts';
import type { KeyPath } from '../../project/yaml/key-path.ts';
import { inertLine } from '../../protocol/inert-text.ts';
import { uriOfPath } from './positions.ts';

/** Maximum number of images per source. */
const MAX_PICTURES = 3;
/** Width of an image in pixels. */
const WIDTH = 120;
/** Formats that browsers cannot show. */
const NOT_SHOWN = /\.tiff?$/i;

/**
 * Markdown with how many images a concept's pairs have and the first few of them. The editor shows the files itself, at
 * `WIDTH`: nothing is decoded here. (VS Code reads `|width=` behind an image's address, and finds the image on a remote
 * machine, too, which it does not for an HTML tag.)
 * @param path a path below `pairs`, or `pairs` itself
 * @returns undefined for any other path, and if no source is written yet
 */
export async function pairPreview(
  document: YamlDocument,
  path: KeyPath,
  sources: ImageSources,
): Promise<string | undefined> {
  if (path[0] !== 'pairs') return undefined;
  const named = imagesIn(document.value);
  const below = named.filter((images) => path.length === 1 || images.path[1] === path[1]);
  // A target that names no images is made from the source images.
  const shown = below.length === 0 && path[1] === 'target' ? named : below;
  const absolute = (written: string) => resolve(dirname(document.file), written);
  const parts = await Promise.all(
    shown.map(({ source, image, counterpartOf }) =>
      preview(absolute(source), image, sources, counterpartOf && absolute(counterpartOf)),
    ),
  );
  return parts.filter((part) => part !== undefined).join('\n\n') || undefined;
}

/** @param beside source whose images are shown above these: the images with the same names are chosen */
async function preview(
  source: string,
  what: string,
  sources: ImageSources,
  beside?: string,
): Promise<string | undefined> {
  const listing = await sources.view.images(source);
  if (!('files' in listing)) {
    const drawn = sources.drawn(source);
    return drawn === undefined
      ? undefined
      : `**${drawn} ${what}s**, generated when a stage first needs them.`;
  }
  const images = listing.files;
  const count = `**${images.length} ${what}${images.length === 1 ? '' : 's'}**`;
  const shown = beside === undefined ? images : await counterparts(source, images, beside, sources);
  const pictures = chosen(shown).map(picture);
  return pictures.length === 0 ? count : `${count}\n\n${pictures.join(' ')}`;
}

/** The counterparts of the images that `chosen` picks from another source. */
async function counterparts(
  source: string,
  images: readonly string[],
  beside: string,
  sources: ImageSources,
): Promise<readonly string[]> {
  const others = await sources.view.images(beside);
  if (!('files' in others)) return images;
  const named = (root: string, paths: readonly string[]) =>
    paths.map((path) => ({ name: nameBelow(folderOf(root), path), path }));
  const { pairs } = matchImages(named(beside, others.files), named(source, images));
  const wanted = new Set(chosen(others.files));
  const found = pairs.filter((pair) => wanted.has(pair.source.path)).map(({ target }) => target.path);
  return found.length > 0 ? found : images;
}

/** The first, middle and last image: neighbors are often frames of one scene. */
function chosen(images: readonly string[]): string[] {
  const shown = images.filter((path) => !NOT_SHOWN.test(path));
  if (shown.length <= MAX_PICTURES) return shown;
  return [shown[0]!, shown[shown.length >> 1]!, shown.at(-1)!];
}

function picture(path: string): string {
  const alt = inertLine(basename(path)).replace(/[\\[\]<>`*_!&]/g, '\\$&');
  // Parentheses would end the URL, and what follows a vertical bar is parsed as the size.
  const address = uriOfPath(path).replaceAll('(', '%28').replaceAll(')', '%29').replaceAll('|', '%7C');
  return `![${alt}](${address}|width=${WIDTH})`;
}

/** What a concept's pairs are made from, and where they are kept. */
import { join } from 'node:path';
import { hashContent } from '../project/disk/file-hash.ts';
import type { FileHashes } from '../project/disk/file-hashes.ts';
import { editorFiles, mapPaths, pairLayout } from '../project/files/pair-source.ts';
import { testOnlyNames } from '../project/images/image-split.ts';
import { loadSize } from '../project/images/load-size.ts';
import { inOrder } from '../project/in-order.ts';
import { projectFolderOf, projectPaths } from '../project/paths.ts';
import type { LoadedConcept } from '../project/project.ts';
import type { TrainingConfig } from '../project/schema/training-schema.ts';
import { UserError } from '../project/user-error.ts';
import type { OpenEditor } from './image-editor.ts';
import { openPairs, type PairListing, type PairSource } from './pairs.ts';
import type { SourceSelection } from './source-images.ts';

/** Raise this if decoding, an effect or the layout of these files changes, so that older caches are made again. */
const CACHE_VERSION = 3;
/** Digits of a key. */
const KEY_DIGITS = 16;
/** Number of files that are hashed at the same time. */
const HASHED_AT_ONCE = 8;

export interface PreparationPlan {
  readonly concept: LoadedConcept;
  readonly pairs: PairSource;
  readonly listing: PairListing;
  readonly selection: SourceSelection;
  /** Whether training sees crops at the scale of the prepared images (`image.crop`). */
  readonly isCropped: boolean;
  /** The file of the decoded source images. */
  readonly sourcesPath: string;
  /** The file of the targets. */
  readonly pairsPath: string;
}

/**
 * Lists a concept's pairs and finds out what the files in the cache are called. Their names depend on content and on names
 * relative to the concept's folders: never on absolute paths or times.
 * @param image the `image` section of a training config
 * @returns undefined if `shouldStop` returned true
 * @throws UserError if the images cannot be listed, or an editor lacks something that it needs
 */
export async function planPreparation(
  concept: LoadedConcept,
  image: TrainingConfig['image'],
  seed: number,
  {
    openEditor,
    hashes,
    shouldStop,
  }: { openEditor: OpenEditor; hashes: FileHashes; shouldStop: () => boolean },
): Promise<PreparationPlan | undefined> {
  const pairs = openPairs(concept, openEditor);
  const listing = await pairs.list();
  const { train, test, testOnly, fit, maxFileSize } = image;
  const selection: SourceSelection = {
    ...{ train, test, ...(testOnly !== undefined && { testOnly }) },
    ...{ fit, maxFileSize, seed, size: loadSize(image) },
  };
  refuseOneSided(concept, listing, selection);
  const files: { name: string; source: string; target: string | undefined }[] = [];
  const hashed = inOrder(listing.refs, HASHED_AT_ONCE, async ({ name, source, target }) => ({
    name,
    source: await hashes.of(source, maxFileSize),
    target: target === undefined ? undefined : await hashes.of(target, maxFileSize),
  }));
  for await (const file of hashed) {
    if (shouldStop()) return undefined;
    files.push(file);
  }
  const editor: string[] = [];
  for (const file of editorFiles(concept)) editor.push(await hashes.of(file));
  await hashes.save();

  const layout = pairLayout(concept.pairs);
  const sources = keyOf({
    selection,
    half: layout.kind === 'aligned' ? layout.direction : undefined,
    files: files.map(({ name, source }) => [name, source]),
  });
  const own = keyOf({
    sources,
    pairs: mapPaths(concept.pairs, () => ''),
    targets: files.map(({ target }) => target),
    editor,
    identity: await pairs.identity(),
  });
  const paths = projectPaths(projectFolderOf(concept.path));
  return {
    concept,
    pairs,
    listing,
    selection,
    isCropped: image.crop.from > 0,
    sourcesPath: join(paths.sources, `${sources}.safetensors`),
    pairsPath: join(paths.pairs, `${concept.name}-${own}.safetensors`),
  };
}

/** Refuses names that leave nothing to train on or nothing to test on. */
function refuseOneSided({ path }: LoadedConcept, { refs }: PairListing, selection: SourceSelection): void {
  const isTestOnly = testOnlyNames(selection);
  if (isTestOnly === undefined || refs.length === 0) return;
  const count = refs.filter(({ name }) => isTestOnly(name)).length;
  if (count > 0 && count < refs.length) return;
  throw new UserError(
    'few-images',
    `${path}: image.testOnly, ${JSON.stringify(selection.testOnly)}, matches ${count === 0 ? 'none' : 'all'} of the ` +
      `concept’s ${refs.length} images, such as ${JSON.stringify(refs[0]!.name)}. Correct the pattern, which is about paths ` +
      'below the source folder, or the folder’s images.',
  );
}

function keyOf(content: unknown): string {
  return hashContent(JSON.stringify([CACHE_VERSION, content])).slice(0, KEY_DIGITS);
}

import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UnreadableImage } from '../../data/images.ts';
import { isMadeFrom } from '../../data/own-files.ts';
import type { PictureRows } from '../../data/picture-rows.ts';
import { openPicture, refuseTooLarge } from '../../data/pictures.ts';
import type { TranslationFile } from '../../data/translation-files.ts';
import { hashContent } from '../../project/disk/file-hash.ts';
import { makeFolder } from '../../project/disk/folders.ts';
import { passedOverText } from '../../project/disk/passed-over.ts';
import { newPixelPart } from '../../project/disk/write-whole.ts';
import { trainedScale } from '../../project/images/load-size.ts';
import { inOrder } from '../../project/in-order.ts';
import { toProjectPath } from '../../project/paths.ts';
import { UserError } from '../../project/user-error.ts';
import type { StageFunction } from '../stage.ts';
import { checkedTranslations } from '../stage-outputs.ts';
import { stageConcept, stageDevice } from '../stage-support.ts';
import { AnySizeGenerator } from '../translation/any-size-generator.ts';
import { EnlargementThreads } from '../translation/enlargement-threads.ts';
import {
  type DecodedPicture,
  decodePicture,
  type Rest,
  type TranslationSettings,
  translatePicture,
} from '../translation/picture-translation.ts';
import { networkSize } from '../translation/whole-picture.ts';
import {
  type FileSettings,
  recipeOf,
  remarksFor,
  writeTranslation,
} from '../translation/written-translation.ts';
import { loadBase } from '../weights/base-model.ts';
import { otherConceptWarning, readChosenWeights, weightsFile } from '../weights/chosen-weights.ts';

/**
 * Pictures that are decoded before the network asks for them. The network blocks this thread, and between two pictures there
 * is time for one of the many steps of decoding and encoding: with fewer pictures on their way, it waits for them.
 */
const AHEAD = 4;
/** Pictures that are enlarged and encoded while others are translated; each has a file of its pixels. */
const FINISHING = 4;
/** The most pixels of these pictures, unless there is only one: libvips maps their files into memory. */
const FINISHING_PIXELS = 5e7;

/** A picture on its way: what is known of it before the network sees it. */
type Arrival = Decoded | Passed;
interface Decoded {
  readonly at: TranslationFile;
  readonly state: 'decoded';
  readonly decoded: DecodedPicture;
  readonly recipe: string;
}
type Passed = { readonly at: TranslationFile } & (
  | { readonly state: 'finished before' }
  | { readonly state: 'unreadable'; readonly error: UnreadableImage }
);

/**
 * Translates an image, or every image in a folder, with a concept's weights. While the network works on a picture, the next
 * one is decoded, and the last ones are enlarged and encoded.
 */
export const translate: StageFunction<'translate'> = async (context) => {
  const { project, training, run, options, shouldStop, resume } = context;
  const concept = stageConcept(context);
  const { input, output, weights = 'fine-tuned' } = options;
  if (input === undefined || output === undefined) {
    throw new UserError(
      'missing-option',
      'Translating needs --input (an image or a folder) and --output (a folder).',
    );
  }
  const { image } = training.config;
  const { size = 'train', detail = 'none', format = 'png', quality, keepLocation = false } = options;
  const settings: FileSettings = { size, detail, format, quality, keepLocation };
  const { files, passedOver } = await checkedTranslations(project, input, output, format);
  const base = await loadBase(project, training);
  const weightsPath = weightsFile(project, training, concept, weights);
  const chosen = await readChosenWeights(weightsPath, project, training, concept, base);
  const values = chosen.generatorValues();
  const weightsHash = hashContent(values);
  const generator = new AnySizeGenerator(base.generator, values, await stageDevice(context));
  const log = (level: 'info' | 'warning', message: string) => run.emit({ type: 'log', level, message });
  const trained = trainedScale(image);
  log('info', sizeText(settings, trained));
  const others = passedOverText(passedOver);
  if (others !== undefined) log('info', `passed over ${others}`);
  const otherConcept = otherConceptWarning(weightsPath, chosen, concept);
  if (otherConcept !== undefined) log('warning', otherConcept);
  if (quality !== undefined && format === 'png') {
    log(
      'warning',
      `--quality ${quality} is not used: png is lossless. Choose --format jpeg or webp to write smaller files`,
    );
  }
  if (base.generator.options.norm === 'instance' && size === 'native') {
    log(
      'warning',
      'this generator normalizes every tile by itself (generator.norm: instance): tones may drift across large pictures; compare with --size train',
    );
  }
  const scratch = join(run.folder, 'scratch');
  await rm(scratch, { recursive: true, force: true });
  await makeFolder(scratch);
  const skipped: string[] = [];
  const counts = { written: 0, unchanged: 0 };
  const begun = performance.now();
  let done = 0;
  const progress = (file: string) =>
    run.emit({
      type: 'progress',
      message: `translating ${basename(file)}`,
      unit: 'images',
      done,
      total: files.length,
      concept: concept.name,
    });

  const opened = new Set<PictureRows>();
  const arrive = async (at: TranslationFile): Promise<Arrival> => {
    const { file, written } = at;
    try {
      const picture = await openPicture(file, {
        maxFileSize: image.maxFileSize,
        keepPlace: keepLocation,
      });
      const recipe = recipeOf(picture, weightsHash, settings, trained);
      if (await isMadeFrom(written, recipe)) return { at, state: 'finished before' };
      refuseTooLarge(picture, format);
      const decoded = await decodePicture(picture, settings, trained, scratch);
      if (decoded.rows) opened.add(decoded.rows);
      return { at, state: 'decoded', decoded, recipe };
    } catch (error) {
      if (error instanceof UnreadableImage) return { at, state: 'unreadable', error };
      throw error;
    }
  };
  const finish = async ({ at, decoded, recipe }: Decoded, rest: Rest, pixels: string) => {
    await rest();
    if (decoded.rows) opened.delete(decoded.rows);
    await writeTranslation(pixels, at.written, recipe, settings, run.folder);
    counts.written++;
    done++;
    progress(at.file);
  };

  const threads = new EnlargementThreads(training.config.threads);
  /** Those that are enlarged and encoded, with the pixels of each. */
  const finishing = new Map<Promise<void>, number>();
  const isFull = () => {
    const pixels = [...finishing.values()].reduce((sum, count) => sum + count, 0);
    return finishing.size > FINISHING || (finishing.size > 1 && pixels > FINISHING_PIXELS);
  };
  let stopped = false;
  try {
    for await (const arrival of inOrder(files, AHEAD, arrive)) {
      stopped = shouldStop();
      if (stopped) break;
      const { at } = arrival;
      if (arrival.state !== 'decoded') {
        if (arrival.state === 'unreadable') {
          const { file, reason } = arrival.error;
          skipped.push(file);
          log('warning', `left out ${file}: ${reason}`);
        } else if (resume) {
          // By an earlier attempt of this run, whose result does not depend on where it was stopped.
          counts.written++;
        } else counts.unchanged++;
        done++;
        progress(at.file);
        continue;
      }
      const { decoded } = arrival;
      const remarks = remarksFor(decoded.picture, settings, trained);
      if (remarks.length > 0) log('info', `${basename(at.file)}: ${remarks.join('; ')}`);
      const pixels = newPixelPart(scratch);
      const rest = await translatePicture(generator, decoded, settings, pixels, threads, async () => {
        // Otherwise signals and the other pictures' files would wait for all tiles.
        await new Promise((resolve) => setImmediate(resolve));
        return !shouldStop();
      });
      if (!rest) {
        stopped = true;
        break;
      }
      const one = quiet(finish(arrival, rest, pixels).finally(() => finishing.delete(one)));
      finishing.set(one, decoded.picture.width * decoded.picture.height);
      while (isFull()) await Promise.race(finishing.keys());
    }
    await Promise.all(finishing.keys());
  } finally {
    await Promise.allSettled(finishing.keys());
    // Those of pictures that were decoded and never asked for.
    await Promise.all([...opened].map((rows) => rows.close()));
    await threads.dispose();
    await generator.dispose();
    await rm(scratch, { recursive: true, force: true });
  }
  const network = { seconds: (performance.now() - begun) / 1000, networkSeconds: generator.seconds };
  if (stopped) return { status: 'stopped', result: { ...counts } };
  if (counts.written + counts.unchanged === 0) {
    throw new UserError(
      'unreadable-image',
      files.length === 1
        ? `${files[0]!.file} could not be read as an image.`
        : `${input}: none of its ${files.length} images could be read.`,
    );
  }
  if (counts.unchanged > 0) {
    log(
      'info',
      `${counts.unchanged} of ${files.length} pictures were translated before with the same weights and options, and are kept`,
    );
  }
  const folder = toProjectPath(project.folder, output);
  run.emit({ type: 'artifact', kind: 'images', file: folder, concept: concept.name });
  return { status: 'succeeded', result: { folder, ...counts, size, skipped, ...network } };
};

/** A promise that is awaited later: until then, its failure is not an unhandled one. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** What becomes of a picture's size. */
function sizeText({ size, detail }: TranslationSettings, trained: number): string {
  if (size === 'native') return 'pictures are translated at full resolution, in tiles that overlap';
  const { height } = networkSize({ width: 1, height: 1 }, size, trained);
  const added = detail === 'source' ? ', with the fine detail of the picture added' : '';
  return `pictures are translated whole, with ${height} pixels on the shorter side, and the result is enlarged to their size${added}`;
}

import { basename } from 'node:path';
import { encodePng, type Fit, UnreadableImage } from '../../data/images.ts';
import { writeOutput } from '../../data/outputs.ts';
import { markPng } from '../../data/own-files.ts';
import { toProjectPath } from '../../project/paths.ts';
import { UserError } from '../../project/user-error.ts';
import { ImageTranslator } from '../interactive/translate-one.ts';
import { WarmBase } from '../interactive/warm-base.ts';
import type { StageFunction } from '../stage.ts';
import { checkedTranslations } from '../stage-outputs.ts';
import { stageConcept } from '../stage-support.ts';

/** Translates an image, or every image in a folder, with a concept's weights. */
export const translate: StageFunction<'translate'> = async (context) => {
  const { project, training, run, options, shouldStop } = context;
  const concept = stageConcept(context);
  const { input, output, weights = 'fine-tuned' } = options;
  if (input === undefined || output === undefined) {
    throw new UserError(
      'missing-option',
      'Translating needs --input (an image or a folder) and --output (a folder).',
    );
  }
  const files = await checkedTranslations(project, input, output);
  const { size, fit } = training.config.image;
  run.emit({ type: 'log', level: 'info', message: SHAPES[fit](size) });
  const translator = new ImageTranslator(new WarmBase());
  const skipped: string[] = [];
  let written = 0;
  try {
    for (const [index, { file, written: path }] of files.entries()) {
      if (shouldStop()) return { status: 'stopped', result: { written } };
      try {
        const { translated } = await translator.translate({
          project,
          training,
          concept,
          weights,
          image: { file },
        });
        await writeOutput(path, markPng(await encodePng(translated)), run.folder);
        written++;
      } catch (error) {
        if (!(error instanceof UnreadableImage)) throw error;
        skipped.push(error.file);
        run.emit({ type: 'log', level: 'warning', message: `left out ${error.file}: ${error.reason}` });
      }
      run.emit({
        type: 'progress',
        message: `translating ${basename(file)}`,
        unit: 'images',
        done: index + 1,
        total: files.length,
        concept: concept.name,
      });
      // Otherwise decoding and inference would never yield to the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    await translator.dispose();
  }
  if (written === 0) {
    throw new UserError(
      'unreadable-image',
      files.length === 1
        ? `${files[0]!.file} could not be read as an image.`
        : `${input}: none of its ${files.length} images could be read.`,
    );
  }
  const folder = toProjectPath(project.folder, output);
  run.emit({ type: 'artifact', kind: 'images', file: folder, concept: concept.name });
  return { status: 'succeeded', result: { folder, written, size: `${size}x${size}`, fit, skipped } };
};

/** What becomes of the shape of an image, for each way to make it square. */
const SHAPES: Readonly<Record<Fit, (size: number) => string>> = {
  cover: (size) =>
    `pictures are translated at ${size}x${size} pixels, as in training: cropped to the square in their center`,
  contain: (size) =>
    `pictures are translated at ${size}x${size} pixels, as in training: padded to a square by repeating their edges`,
  fill: (size) => `pictures are translated at ${size}x${size} pixels, as in training: stretched to a square`,
};

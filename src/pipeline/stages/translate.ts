import { mkdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { UnreadableImage, writePng } from '../../data/images.ts';
import { IMAGE_EXTENSIONS, listImages } from '../../project/disk/image-files.ts';
import { toProjectPath } from '../../project/paths.ts';
import { UserError } from '../../project/user-error.ts';
import { ImageTranslator } from '../interactive/translate-one.ts';
import { WarmBase } from '../interactive/warm-base.ts';
import type { StageFunction } from '../stage.ts';
import { stageConcept } from '../stage-support.ts';

/** Translates an image, or every image in a folder, with a concept's weights. */
export const translate: StageFunction<'translate'> = async (context) => {
  const { project, training, run, options, shouldStop } = context;
  const concept = stageConcept(context);
  const { input, output, weights = 'fine-tuned' } = options;
  if (input === undefined || output === undefined) {
    throw new UserError('Translating needs --input (an image or a folder) and --output (a folder).');
  }
  const files = await imagesIn(input);
  await mkdir(output, { recursive: true });
  const translator = new ImageTranslator(new WarmBase());
  const skipped: string[] = [];
  let written = 0;
  try {
    for (const [index, file] of files.entries()) {
      if (shouldStop()) return { status: 'stopped', result: { written } };
      try {
        const { translated } = await translator.translate({
          project,
          training,
          concept,
          weights,
          image: { file },
        });
        await writePng(join(output, `${basename(file, extname(file))}.png`), translated);
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
      files.length === 1
        ? `${files[0]} could not be read as an image.`
        : `${input}: none of its ${files.length} images could be read.`,
    );
  }
  const folder = toProjectPath(project.folder, output);
  run.emit({ type: 'artifact', kind: 'images', file: folder, concept: concept.name });
  return { status: 'succeeded', result: { folder, written, skipped } };
};

async function imagesIn(input: string): Promise<readonly string[]> {
  if (!(await stat(input)).isDirectory()) return [input];
  const { files } = await listImages(input);
  if (files.length > 0) return files;
  throw new UserError(`${input} contains no image. Image files end in ${IMAGE_EXTENSIONS.join(', ')}.`);
}

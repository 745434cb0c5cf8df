import * as z from 'zod';
import { hasWords, WORDS_NEEDED } from '../prompt-words.ts';
import { type EditorTarget, IMAGE_EDITORS } from './image-editors.ts';

const imageSource = z
  .string()
  .min(1)
  .describe('Folder of images, or a glob such as `photos/**/*.jpg`, relative to this file.');

/** The forms of a target, one for each image editor. */
const editorTargets = Object.entries(IMAGE_EDITORS).map(([name, { settings, description }]) =>
  z.strictObject({ [name]: settings }).describe(description),
) as unknown as [z.ZodType<EditorTarget, EditorTarget>];

const target = z
  .union([
    ...editorTargets,
    z
      .strictObject({
        folder: imageSource.describe('Folder of edited images with the same file names as their sources.'),
      })
      .describe('Edited images made elsewhere, matched by file name without its extension.'),
  ])
  .describe('The edited counterpart of each source image.');

/** Allowed names of concepts, which are also used as file names. */
export const CONCEPT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const conceptSchema = z
  .strictObject({
    name: z
      .string()
      .regex(CONCEPT_NAME, {
        error: 'up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit',
      })
      .optional()
      .describe(
        'Name used for files and in lists: letters, digits, dot, dash, underscore. Default: the file name.',
      ),
    prompt: z
      .string()
      .max(300)
      .refine(hasWords, { error: WORDS_NEEDED })
      .describe('A description of the edit. The weight generator is conditioned on this text.'),
    tags: z.array(z.string().min(1)).default([]).describe('Labels for grouping and selecting concepts.'),
    pairs: z
      .union([
        z
          .strictObject({ source: imageSource, target })
          .describe('Source images, each with an edited counterpart.'),
        z
          .strictObject({
            aligned: imageSource.describe(
              'Folder of images that contain both halves side by side (the Pix2pix layout).',
            ),
            direction: z
              .enum(['AtoB', 'BtoA'])
              .default('AtoB')
              .describe('Which half is the source (default AtoB: the left one).'),
          })
          .describe('Aligned A|B images.'),
      ])
      .describe('Where the training pairs come from.'),
  })
  .meta({
    id: 'dnw-concept',
    title: 'Denoised Weights concept',
    description: 'One editing concept: its prompt and the image pairs that show it.',
  });

/** A concept file's value with defaults filled in. */
export type ConceptConfig = z.output<typeof conceptSchema>;

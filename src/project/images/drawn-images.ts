import { isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { readText } from '../disk/regular-file.ts';
import { UserError } from '../user-error.ts';

/** File next to a project's training configs; it describes source images that are made when a stage first needs them. */
const DRAWN_IMAGES_FILE = 'drawn-images.json';

const schema = z.strictObject({
  /** Relative to the project. */
  folder: z
    .string()
    .min(1)
    .refine((folder) => !isAbsolute(folder) && !folder.split(/[\\/]/).includes('..'), {
      error: 'expected a folder in the project, without ..',
    }),
  /** What the images are: drawn scenes, or crops of photographs at random places. */
  from: z.enum(['scenes', 'photographs']).default('scenes'),
  count: z.number().int().min(2).max(10_000),
  seed: z.number().int().min(0),
});

/** What the file says; `folder` is the absolute path of the folder that the images are written to. */
export type DrawnImages = Readonly<z.output<typeof schema>>;

/**
 * The images that a project's `drawn-images.json` asks for, so that an example runs offline without pictures of its own.
 * Undefined in a project without that file, which has its own images.
 * @throws UserError if the file is not valid
 */
export async function drawnImages(projectFolder: string): Promise<DrawnImages | undefined> {
  const path = join(projectFolder, DRAWN_IMAGES_FILE);
  const text = await readText(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { folder, ...wanted } = schema.parse(JSON.parse(text));
    return { folder: join(projectFolder, folder), ...wanted };
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new UserError(
      'invalid-value',
      `${path} should look like { "folder": "images", "from": "photographs", "count": 160, "seed": 1 }: ${reason}`,
    );
  }
}

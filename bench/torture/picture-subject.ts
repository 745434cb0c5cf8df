import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { loadImage } from '../../src/data/images.ts';
import { describeError } from '../../src/engine/exit-codes.ts';
import { faultsOfText } from './error-rules.ts';
import { mutateBytes } from './mutators.ts';
import type { MakeSubject } from './subject.ts';

const SIDE = 48;
const FORMATS = ['jpeg', 'png', 'webp', 'tiff', 'gif', 'avif'] as const;
const FITS = ['cover', 'contain', 'fill'] as const;

/** Mutated pictures of every format, as the stages read them. */
export const pictureSubject: MakeSubject = async (folder) => {
  const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => 127 + 120 * Math.sin(i / 31));
  const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
  const originals = await Promise.all(
    FORMATS.map((format) =>
      sharp(pixels, { raw })
        .withExif({ IFD0: { Artist: 'x' } })
        .toFormat(format)
        .toBuffer(),
    ),
  );
  return {
    read: async (random) => {
      const format = random.int(FORMATS.length);
      const file = join(folder, `damaged.${FORMATS[format]}`);
      writeFileSync(file, mutateBytes(originals[format]!, random));
      try {
        const image = await loadImage(file, { size: 16, fit: FITS[random.int(FITS.length)]! });
        const outside = image.data.some((value) => !(value >= -1 && value <= 1));
        return { accepted: true, faults: outside ? ['has values outside of -1 to 1'] : [] };
      } catch (error) {
        return { accepted: false, faults: faultsOfText(describeError(error).message, file) };
      }
    },
  };
};

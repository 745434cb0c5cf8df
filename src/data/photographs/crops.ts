/** Source images for example projects: crops of photographs that are part of the program. */
import sharp from 'sharp';
import { writeMissing } from '../missing-files.ts';
import { Random } from '../random.ts';
import photographs from './list.json?photographs';

/** Widths and heights in pixels. */
const SIZES = [
  [160, 120],
  [120, 160],
  [192, 128],
  [144, 144],
] as const;
/** Smallest side of a crop, as a share of the largest that fits into the photograph. */
const SMALLEST = 0.4;

const nameOf = (index: number) => {
  const { name } = photographs[index % photographs.length]!;
  const number = 1 + Math.floor(index / photographs.length);
  return `${name}-${String(number).padStart(2, '0')}.jpg`;
};

/** Names of the files that {@link writeCrops} writes. */
export function cropNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => nameOf(index));
}

/**
 * Fills a folder with crops at random places and scales, the same number of each photograph: JPEG files with sides of 120 to
 * 192 pixels, called `<photograph>-<number>.jpg`. Existing files are not changed.
 * @returns the number of files that were written
 */
export function writeCrops(folder: string, count: number, seed: number): Promise<number> {
  return writeMissing(folder, cropNames(count), (index) => crop(index, seed));
}

async function crop(index: number, seed: number): Promise<Buffer> {
  const random = new Random(seed).fork(`crop ${index}`);
  const { data } = photographs[index % photographs.length]!;
  const photograph = sharp(Buffer.from(data, 'base64'));
  const whole = await photograph.metadata();
  const [width, height] = SIZES[random.int(SIZES.length)]!;
  const most = Math.min(whole.width / width, whole.height / height);
  const scale = most * (SMALLEST + (1 - SMALLEST) * random.uniform());
  const area = { width: Math.floor(scale * width), height: Math.floor(scale * height) };
  const left = random.int(whole.width - area.width + 1);
  const top = random.int(whole.height - area.height + 1);
  return photograph
    .extract({ left, top, ...area })
    .resize(width, height)
    .jpeg({ quality: 92 })
    .toBuffer();
}

import * as l10n from '@vscode/l10n';
import type { RunSample } from '../../src/protocol/webview/run.ts';
import { animatedGif } from '../components/animated-gif.ts';

/** Maximum number of frames: with more, the file is too large to share in a chat. */
export const MOST_FRAMES = 120;
const SAMPLE_MS = 250;
/** Milliseconds that the last frame is shown before the animation repeats. */
const LAST_MS = 2000;

/** At most `most` samples at equal distances, including the first and the last. */
function thinned<T>(samples: readonly T[], most: number): T[] {
  if (samples.length <= most) return [...samples];
  const distance = (samples.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, place) => samples[Math.round(place * distance)]!);
}

async function load(uri: string): Promise<HTMLImageElement> {
  const image = new Image();
  // Samples come from another origin; without this, the canvas would not let its pixels be read.
  image.crossOrigin = 'anonymous';
  image.src = uri;
  await image.decode();
  return image;
}

/**
 * The samples over time as an animated GIF.
 * @param nameOf caption below a sample
 * @throws if an image can no longer be read
 */
export async function sampleAnimation(
  samples: readonly RunSample[],
  nameOf: (sample: RunSample) => string,
): Promise<Uint8Array> {
  const chosen = thinned(samples, MOST_FRAMES);
  const frames = await Promise.all(
    chosen.map(async (sample, place) => ({
      picture: await load(sample.uri).catch(() => {
        throw new Error(l10n.t('The image for {0} cannot be read.', nameOf(sample)));
      }),
      caption: nameOf(sample),
      milliseconds: place === chosen.length - 1 ? LAST_MS : SAMPLE_MS,
    })),
  );
  return animatedGif(frames);
}

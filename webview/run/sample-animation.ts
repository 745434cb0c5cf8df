import * as l10n from '@vscode/l10n';
import type { RunSample } from '../../src/protocol/webview/run.ts';
import { animatedGif } from '../components/animated-gif.ts';

/** More would make a file that no chat takes. */
export const MOST_FRAMES = 120;
const SAMPLE_MS = 250;
/** Long enough to look at how it ends, before it begins again. */
const LAST_MS = 2000;

/** Samples at equal distances, the first and the last among them. */
function thinned<T>(samples: readonly T[], most: number): T[] {
  if (samples.length <= most) return [...samples];
  const distance = (samples.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, place) => samples[Math.round(place * distance)]!);
}

async function load(uri: string): Promise<HTMLImageElement> {
  const image = new Image();
  // Without this the canvas keeps what was drawn to itself: the pictures come from another origin.
  image.crossOrigin = 'anonymous';
  image.src = uri;
  await image.decode();
  return image;
}

/**
 * The samples over time as an animated GIF.
 * @param nameOf what stands below each
 * @throws where a picture cannot be read any more
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

import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';
import sharp from 'sharp';

/** What an element shows on the screen. */
export interface Picture {
  width: number;
  height: number;
  /** Mean of red, green and blue, 0 to 255. */
  mean: [number, number, number];
  /** Largest standard deviation of the three: 0 where the element is one flat color. */
  deviation: number;
}

/** The element as drawn, read from a picture of the screen. */
export async function pictureOf(element: Locator): Promise<Picture> {
  const { channels } = await sharp(await element.screenshot())
    .removeAlpha()
    .toColorspace('srgb')
    .stats();
  const size = await element.boundingBox();
  const [red, green, blue] = channels;
  if (size === null || !red || !green || !blue) throw new Error('the element is not on the screen');
  return {
    width: size.width,
    height: size.height,
    mean: [red.mean, green.mean, blue.mean],
    deviation: Math.max(red.stdev, green.stdev, blue.stdev),
  };
}

/** Between the mean colors of two pictures. */
export function colorDistance(one: Picture, other: Picture): number {
  return Math.hypot(...one.mean.map((value, channel) => value - other.mean[channel]!));
}

/** The page of the webview panel that is shown: it lies two frames deep. */
export function shownWebview(page: Page): FrameLocator {
  return page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame');
}

/** The same page as a frame, to be looked into with scripts. */
export async function shownFrame(page: Page): Promise<Frame> {
  const root = await shownWebview(page).locator('html').elementHandle();
  const frame = await root?.ownerFrame();
  if (!frame) throw new Error('no webview is shown');
  return frame;
}

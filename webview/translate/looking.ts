import type { PictureArea, PictureShape } from '../../src/protocol/webview/translate.ts';

/** How a picture is looked at through a frame of fixed size. */
export interface Look {
  /** CSS pixels for each pixel of the picture; `fit` shows the whole picture. */
  scale: number | 'fit';
  /** The point of the picture in the middle of the frame, in its pixels. */
  x: number;
  y: number;
}

/** Scales at which the keys and buttons stop. */
const STEPS = [
  0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64,
];
/** The largest scale of a picture that is smaller than its frame, over the one that fits. */
const MOST_OVER_FIT = 4;
const MOST_SCALE = 16;

export const WHOLE: Look = { scale: 'fit', x: 0, y: 0 };

/** The largest scale at which a length fits: a whole number from 2 on, so that pixels stay sharp squares. */
export function fittingScale(available: number, length: number): number {
  const scale = available / length;
  return scale >= 2 ? Math.floor(scale) : scale;
}

/** A picture in a frame, both of which have sizes. */
export class Lens {
  /** The scale at which the whole picture is seen. */
  readonly fit: number;
  /** Size in CSS pixels: that of the whole picture, but never too narrow or low to look through. */
  readonly frame: PictureShape;

  /** @param most size that the frame may have, in CSS pixels */
  constructor(
    readonly picture: PictureShape,
    most: PictureShape,
  ) {
    const { width, height } = picture;
    this.fit = Math.min(fittingScale(most.width, width), fittingScale(most.height, height));
    this.frame = {
      width: Math.max(Math.round(width * this.fit), Math.min(most.width, LEAST_FRAME.width)),
      height: Math.max(Math.round(height * this.fit), Math.min(most.height, LEAST_FRAME.height)),
    };
  }

  get #most(): number {
    return Math.max(MOST_SCALE, MOST_OVER_FIT * this.fit);
  }

  scaleOf({ scale }: Look): number {
    return scale === 'fit' ? this.fit : scale;
  }

  /** Where the picture's upper left corner lies in the frame, in CSS pixels. */
  originOf(look: Look): { left: number; top: number } {
    const scale = this.scaleOf(look);
    const along = (length: number, frame: number, middle: number) =>
      look.scale === 'fit' || length * scale <= frame
        ? (frame - length * scale) / 2
        : frame / 2 - middle * scale;
    const { picture, frame } = this;
    return {
      left: along(picture.width, frame.width, look.x),
      top: along(picture.height, frame.height, look.y),
    };
  }

  /** Whether there is more of the picture than the frame shows. */
  canMove(look: Look): boolean {
    const scale = this.scaleOf(look);
    const { picture, frame } = this;
    return picture.width * scale > frame.width + 0.5 || picture.height * scale > frame.height + 0.5;
  }

  /** The part of the picture in the frame, in whole pixels of the picture. */
  areaOf(look: Look): PictureArea {
    const scale = this.scaleOf(look);
    const { left, top } = this.originOf(look);
    const along = (origin: number, frame: number, length: number) => {
      const from = Math.max(0, Math.floor(-origin / scale));
      return [from, Math.max(1, Math.min(length, Math.ceil((frame - origin) / scale)) - from)] as const;
    };
    const [x, width] = along(left, this.frame.width, this.picture.width);
    const [y, height] = along(top, this.frame.height, this.picture.height);
    return { left: x, top: y, width, height };
  }

  /** Moves the picture in the frame. @param right CSS pixels by which it moves to the right */
  moved(look: Look, right: number, down: number): Look {
    const scale = this.scaleOf(look);
    return this.#within({ scale: look.scale, x: look.x - right / scale, y: look.y - down / scale });
  }

  /**
   * Another scale, with the same point of the picture under a point of the frame.
   * @param at in CSS pixels (default: the middle of the frame)
   */
  zoomed(look: Look, scale: number, at = { left: this.frame.width / 2, top: this.frame.height / 2 }): Look {
    if (scale <= this.fit) return WHOLE;
    const next = Math.min(scale, this.#most);
    const { left, top } = this.originOf(look);
    const before = this.scaleOf(look);
    return this.#within({
      scale: next,
      x: (at.left - left) / before - (at.left - this.frame.width / 2) / next,
      y: (at.top - top) / before - (at.top - this.frame.height / 2) / next,
    });
  }

  /** The next larger or smaller scale at which keys and buttons stop. */
  stepped(look: Look, way: 'in' | 'out'): Look {
    const scale = this.scaleOf(look);
    const next =
      way === 'in'
        ? (STEPS.find((step) => step > scale * 1.001) ?? this.#most)
        : (STEPS.findLast((step) => step < scale * 0.999) ?? this.fit);
    return this.zoomed(look, next);
  }

  canZoomIn(look: Look): boolean {
    return this.scaleOf(look) < this.#most;
  }

  #within(look: Look): Look {
    const scale = this.scaleOf(look);
    const along = (middle: number, frame: number, length: number) => {
      const half = frame / 2 / scale;
      return length <= 2 * half ? length / 2 : Math.min(length - half, Math.max(half, middle));
    };
    return {
      scale: look.scale,
      x: along(look.x, this.frame.width, this.picture.width),
      y: along(look.y, this.frame.height, this.picture.height),
    };
  }
}

/** Of the frame of a picture that is much longer one way than the other, in CSS pixels. */
const LEAST_FRAME = { width: 240, height: 200 };

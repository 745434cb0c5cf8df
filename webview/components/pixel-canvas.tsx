import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** An image whose pixels are sharp squares at integer factors, and smoothed at any other. */
export function PixelCanvas(props: { pixels: ImageData; scale: number; label: string }): JSX.Element {
  const { pixels, scale } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const element = canvas.current!;
    element.width = pixels.width;
    element.height = pixels.height;
    // Kept in memory: a round trip to the GPU does not pay for small images that are drawn once.
    element.getContext('2d', { willReadFrequently: true })!.putImageData(pixels, 0, 0);
  }, [pixels]);
  return (
    <canvas
      ref={canvas}
      class={Number.isInteger(scale) ? 'picture picture-sharp' : 'picture'}
      role="img"
      aria-label={props.label}
      style={{
        width: `${Math.round(pixels.width * scale)}px`,
        height: `${Math.round(pixels.height * scale)}px`,
      }}
    />
  );
}

import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { PixelCanvas } from './pixel-canvas.tsx';

export interface ComparedPicture {
  label: string;
  pixels: ImageData;
}

/**
 * Two images of the same size on top of each other with a movable divider. A native range input covers them and
 * provides pointer, touch and keyboard control (arrows, Home, End, Page Up and Page Down).
 */
export function CompareSlider(props: {
  left: ComparedPicture;
  right: ComparedPicture;
  scale: number;
  /** Share of the width that shows the left image, 0 to 100. */
  position: number;
  onChange: (position: number) => void;
}): JSX.Element {
  const { left, right, scale, position } = props;
  return (
    <div class="compare" style={{ width: `${Math.round(left.pixels.width * scale)}px` }}>
      <PixelCanvas pixels={right.pixels} scale={scale} label={right.label} />
      <div class="compare-left" style={{ clipPath: `inset(0 ${100 - position}% 0 0)` }}>
        <PixelCanvas pixels={left.pixels} scale={scale} label={left.label} />
      </div>
      <input
        class="compare-input"
        type="range"
        min={0}
        max={100}
        step={1}
        value={position}
        aria-label={l10n.t('Divider between {0} and {1}', left.label, right.label)}
        aria-valuetext={l10n.t('{0} % {1}, {2} % {3}', position, left.label, 100 - position, right.label)}
        onInput={(event) => props.onChange(Number(event.currentTarget.value))}
      />
      <div class="compare-divider" style={{ left: `${position}%` }} aria-hidden="true" />
    </div>
  );
}

import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { translateView } from '../../src/protocol/webview/translate.ts';
import { animatedGif } from '../components/animated-gif.ts';
import { CompareSlider } from '../components/compare-slider.tsx';
import { scaleFor, type Zoom } from '../components/pixel-canvas.tsx';
import { Button, Choice } from '../components/toolkit.tsx';
import { useSaving } from '../components/use-saving.tsx';
import { useWidth } from '../components/use-width.ts';
import type { Column } from './selection.ts';
import type { Picture } from './shown-translation.ts';

export interface ComparablePicture {
  column: Column;
  label: string;
  /** The label as part of a file name. */
  fileLabel: string;
  picture: Picture;
}

/** Suggested name of a saved image: "scene-001 denoised.png". */
function fileName(image: string, label: string, extension = 'png'): string {
  const stem = image.slice(image.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return `${stem} ${label}.${extension}`;
}

/** Milliseconds that each stage of the progression is shown. */
const STAGE_MS = 1000;

/** An animated GIF from the source to the target, one stage after the other. */
async function progression(pictures: readonly ComparablePicture[]): Promise<Uint8Array> {
  const frames = await Promise.all(
    pictures.map(async ({ label, picture }) => ({
      picture: await createImageBitmap(picture.pixels, { colorSpaceConversion: 'none' }),
      caption: label,
      milliseconds: STAGE_MS,
    })),
  );
  const gif = await animatedGif(frames);
  for (const { picture } of frames) picture.close();
  return gif;
}

/** Two versions of one image with a movable divider; each can be saved. */
export function Comparison(props: {
  imageName: string;
  pictures: readonly ComparablePicture[];
  left: Column;
  right: Column;
  onSides: (left: Column, right: Column) => void;
  position: number;
  onPosition: (position: number) => void;
  zoom: Zoom;
}): JSX.Element {
  const { pictures, imageName } = props;
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const { save, saving, outcome } = useSaving(translateView.save);
  const left = pictures.find(({ column }) => column === props.left) ?? pictures[0]!;
  const right = pictures.find(({ column }) => column === props.right) ?? pictures.at(-1)!;
  const options = pictures.map(({ column, label }) => ({ value: column, label }));
  const savePicture = ({ label, fileLabel, picture }: ComparablePicture) =>
    save(l10n.t('Saved the {0} image.', label), fileName(imageName, fileLabel), () => picture.png);
  return (
    <section class="comparison" aria-labelledby="comparison-title">
      <h2 id="comparison-title">
        {l10n.t('Before and after')} <span class="muted">{imageName}</span>
      </h2>
      <div class="controls">
        <Choice
          label={l10n.t('Left')}
          value={left.column}
          options={options}
          onChange={(value) => props.onSides(value as Column, right.column)}
        />
        <Choice
          label={l10n.t('Right')}
          value={right.column}
          options={options}
          onChange={(value) => props.onSides(left.column, value as Column)}
        />
      </div>
      <div class="comparison-holder" ref={holder}>
        {width > 0 && (
          <CompareSlider
            left={{ label: left.label, pixels: left.picture.pixels }}
            right={{ label: right.label, pixels: right.picture.pixels }}
            scale={scaleFor(props.zoom, width, left.picture.pixels.width)}
            position={props.position}
            onChange={props.onPosition}
          />
        )}
      </div>
      <p class="muted">{l10n.t('Drag the divider, or move it with the arrow keys.')}</p>
      <div class="controls">
        <Button onClick={() => savePicture(left)}>{l10n.t('Save {0}…', left.label)}</Button>
        <Button onClick={() => savePicture(right)}>{l10n.t('Save {0}…', right.label)}</Button>
        <Button
          disabled={saving}
          onClick={() =>
            save(l10n.t('Saved the progression.'), fileName(imageName, 'progression', 'gif'), () =>
              progression(pictures),
            )
          }
        >
          {l10n.t('Save progression…')}
        </Button>
      </div>
      {outcome}
    </section>
  );
}

import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { PictureDetail } from '../../src/protocol/stage-entry.ts';
import type { WeightsChoice } from '../../src/protocol/statistics.ts';
import { translateView } from '../../src/protocol/webview/translate.ts';
import { animatedGif } from '../components/animated-gif.ts';
import { Button, Choice, Toggle } from '../components/toolkit.tsx';
import { fileName, useSaving } from '../components/use-saving.tsx';
import { request } from '../host/connection.ts';
import { type Look, WHOLE } from './looking.ts';
import type { Column, SelectedImage, TranslateSelection } from './selection.ts';
import type { Picture, ShownTranslation } from './shown-translation.ts';
import { type Side, Viewer } from './viewer.tsx';

export interface ComparablePicture {
  column: Column;
  label: string;
  /** The label as part of a file name. */
  fileLabel: string;
  picture: Picture;
  /** The weights that it is translated with. */
  weights?: WeightsChoice;
}

/** Extensions of images whose translations are suggested in the same format; others become PNG. */
const SAME_FORMAT = /\.(jpe?g|webp)$/i;

/** Suggested name of a saved image: "scene-001 denoised.png". */
function suggestedName(image: string, label: string, extension: string): string {
  const stem = image.slice(image.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return `${stem} ${label}.${extension}`;
}

/** Milliseconds that each stage of the progression is shown. */
const STAGE_MS = 1000;

/** An animated GIF from the source to the target, one stage after the other. */
function progression(pictures: readonly ComparablePicture[]): Promise<Uint8Array> {
  return animatedGif(
    pictures.map(({ label, picture }) => ({
      picture: picture.bitmap,
      caption: label,
      milliseconds: STAGE_MS,
    })),
  );
}

/** Two versions of one image with a movable divider, down to its own pixels; translations can be saved in its size. */
export function Comparison(props: {
  image: SelectedImage;
  selection: TranslateSelection;
  /** Any translation of the image: it says what the image is. */
  shown: ShownTranslation;
  pictures: readonly ComparablePicture[];
  left: Column;
  right: Column;
  onSides: (left: Column, right: Column) => void;
  position: number;
  onPosition: (position: number) => void;
  detail: PictureDetail;
  onDetail: (detail: PictureDetail) => void;
  look: Look | undefined;
  onLook: (look: Look) => void;
}): JSX.Element {
  const { pictures, image, selection, shown, detail } = props;
  const { save, run, saving, outcome } = useSaving(translateView.save);
  const left = pictures.find(({ column }) => column === props.left) ?? pictures[0]!;
  const right = pictures.find(({ column }) => column === props.right) ?? pictures.at(-1)!;
  const options = pictures.map(({ column, label }) => ({ value: column, label }));
  const settings = {
    training: selection.training,
    concept: selection.concept.name,
    image: image.file,
    size: selection.size,
    detail,
  };
  const saveTranslation = ({ fileLabel }: ComparablePicture, { file }: WeightsChoice) => {
    const [, extension = 'png'] = SAME_FORMAT.exec(image.name) ?? [];
    run(async () => {
      const saved = await request(translateView.saveTranslation, {
        ...settings,
        weights: file,
        name: fileName(suggestedName(image.name, fileLabel, extension.toLowerCase())),
      });
      return saved && l10n.t('Saved {0} with {1} × {2} pixels.', saved.file, saved.width, saved.height);
    });
  };
  const sideOf = ({ column, label, picture, weights }: ComparablePicture): Side => {
    const isWhole = picture.pixels.width === shown.picture.width && !shown.isPreview;
    const finer = weights
      ? { ...settings, weights: weights.file }
      : // The image itself is the same whatever becomes of it.
        { ...settings, size: 'train' as const, detail: 'none' as const };
    return {
      label,
      key: JSON.stringify([finer, column, weights?.modified]),
      whole: picture,
      ...(column !== 'target' && !isWhole && { finer }),
    };
  };
  return (
    <section class="comparison" aria-labelledby="comparison-title">
      <h2 id="comparison-title">
        {l10n.t('Before and after')} <span class="muted">{image.name}</span>
      </h2>
      {shown.remarks.length > 0 && <p class="muted">{shown.remarks.join('; ')}</p>}
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
        <Toggle
          label={l10n.t('Add the image’s fine detail')}
          checked={detail === 'source'}
          onChange={(checked) => props.onDetail(checked ? 'source' : 'none')}
        />
      </div>
      <Viewer
        key={image.key}
        left={sideOf(left)}
        right={sideOf(right)}
        picture={shown.picture}
        position={props.position}
        onPosition={props.onPosition}
        look={props.look ?? WHOLE}
        onLook={props.onLook}
      />
      <div class="controls">
        {pictures.map(
          (picture) =>
            picture.weights && (
              <Button
                key={picture.column}
                disabled={saving}
                onClick={() => saveTranslation(picture, picture.weights!)}
              >
                {l10n.t('Save {0}…', picture.label)}
              </Button>
            ),
        )}
        <Button
          disabled={saving}
          onClick={() =>
            save(l10n.t('Saved the progression.'), suggestedName(image.name, 'progression', 'gif'), () =>
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

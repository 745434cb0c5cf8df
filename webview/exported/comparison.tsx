import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { inertLine } from '../../src/protocol/inert-text.ts';
import { formatCount, formatDuration } from '../components/format.ts';
import type { OpenedPicture, TranslationResult } from './use-translation.ts';

/** The picture and its translation on top of each other, with a divider, and a way to save the translation. */
export function Comparison(props: {
  concept: string;
  picture: OpenedPicture;
  result: TranslationResult;
}): JSX.Element {
  const { concept, picture, result } = props;
  const [position, setPosition] = useState(50);
  const [actual, setActual] = useState(false);
  const name = inertLine(picture.file.name);
  const stem = name.replace(/\.[^.]*$/, '');
  return (
    <figure>
      <div class="result-controls">
        <a class="button" href={result.url} download={`${stem}-${inertLine(concept)}.png`}>
          {l10n.t('Save as PNG')}
        </a>
        <label>
          <input
            type="checkbox"
            checked={actual}
            onChange={({ currentTarget }) => setActual(currentTarget.checked)}
          />{' '}
          {l10n.t('Pixel by pixel')}
        </label>
      </div>
      <div class={actual ? 'compare actual' : 'compare'}>
        <div class="layers">
          <img src={result.url} alt={l10n.t('{0}, translated', name)} />
          <img
            class="before"
            src={picture.url}
            alt={name}
            style={{ clipPath: `inset(0 ${100 - position}% 0 0)` }}
          />
          <input
            type="range"
            min={0}
            max={100}
            value={position}
            aria-label={l10n.t('Divider between the picture and its translation')}
            aria-valuetext={l10n.t('{0} % picture, {1} % translation', position, 100 - position)}
            onInput={({ currentTarget }) => setPosition(currentTarget.valueAsNumber)}
          />
          <div class="divider" style={{ left: `${position}%` }} aria-hidden="true" />
        </div>
      </div>
      <figcaption>
        {l10n.t(
          '{0}: {1} × {2} pixels, seen by the network as {3} × {4}, in {5}. Left of the divider is the picture, right of it the translation.',
          name,
          formatCount(result.width),
          formatCount(result.height),
          formatCount(result.seen.width),
          formatCount(result.seen.height),
          formatDuration(result.seconds),
        )}
      </figcaption>
    </figure>
  );
}

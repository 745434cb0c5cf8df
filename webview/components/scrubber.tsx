import * as l10n from '@vscode/l10n';
import type { ComponentChildren, JSX } from 'preact';
import { Button } from './toolkit.tsx';
import type { Playback } from './use-playback.ts';

/** A slider over images or states in their order, with buttons that step and play. */
export function Scrubber(props: {
  /** Names of a position and of the step buttons: "Sample", "Previous sample", "Next sample". */
  words: { position: string; previous: string; next: string };
  index: number;
  last: number;
  playback: Playback;
  /** Goes to a position that the user selects, which pauses playback. */
  go: (index: number) => void;
  /** The position in words, for screen readers. */
  valueText: string;
  /** The position, shown beside the buttons. */
  readOut: ComponentChildren;
  /** Further buttons. */
  children?: ComponentChildren;
}): JSX.Element {
  const { words, index, last, playback, go } = props;
  return (
    <>
      <input
        class="scrubber-slider"
        type="range"
        min={0}
        max={last}
        step={1}
        value={index}
        aria-label={words.position}
        aria-valuetext={props.valueText}
        onInput={(event) => go(Number(event.currentTarget.value))}
      />
      <div class="scrubber-controls">
        <Button disabled={index === 0} onClick={() => go(index - 1)} label={words.previous}>
          ‹ {l10n.t('Previous')}
        </Button>
        {!playback.still && (
          <Button onClick={playback.playing ? playback.pause : playback.play}>
            {playback.playing ? l10n.t('Pause') : l10n.t('Play')}
          </Button>
        )}
        <Button disabled={index === last} onClick={() => go(index + 1)} label={words.next}>
          {l10n.t('Next')} ›
        </Button>
        {props.children}
        <span class="read-out" aria-live={playback.playing ? 'off' : 'polite'}>
          {props.readOut}
        </span>
      </div>
    </>
  );
}

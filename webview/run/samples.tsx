import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { RunState } from '../../src/protocol/run.ts';
import { type RunSample, runView } from '../../src/protocol/webview/run.ts';
import { formatClock, formatCount } from '../components/format.ts';
import { useRoving } from '../components/roving.ts';
import { isLive } from '../components/run-states.ts';
import { Scrubber } from '../components/scrubber.tsx';
import { Button, Choice } from '../components/toolkit.tsx';
import { usePlayback } from '../components/use-playback.ts';
import { useSaving } from '../components/use-saving.tsx';
import { MOST_FRAMES, sampleAnimation } from './sample-animation.ts';

const EVERY = '';

const nameOf = ({ step, concept }: RunSample) =>
  concept ? l10n.t('{0}, step {1}', concept, formatCount(step)) : l10n.t('step {0}', formatCount(step));

/** Every sample of the run over time. If there are several concepts, the user can select one. */
export function Samples(props: {
  samples: readonly RunSample[];
  state: RunState;
  /** Start of the name of a saved file. */
  runId: string;
}): JSX.Element {
  const { samples, state } = props;
  const [wanted, setWanted] = useState(EVERY);
  const concepts = Array.from(new Set(samples.flatMap(({ concept }) => concept ?? [])));
  const concept = concepts.includes(wanted) ? wanted : EVERY;
  const shown = concept === EVERY ? samples : samples.filter((sample) => sample.concept === concept);
  return (
    <section aria-labelledby="samples-title">
      <div class="section-head">
        <h2 id="samples-title">
          {l10n.t('Samples')} <span class="muted">{samples.length > 0 && formatCount(shown.length)}</span>
        </h2>
        {concepts.length > 1 && (
          <Choice
            label={l10n.t('Concept of the samples')}
            value={concept}
            options={[
              { value: EVERY, label: l10n.t('All, in chronological order') },
              ...concepts.map((name) => ({ value: name, label: name })),
            ]}
            onChange={setWanted}
          />
        )}
      </div>
      {shown.length > 0 ? (
        <SampleScrubber key={concept} samples={shown} live={isLive(state)} runId={props.runId} />
      ) : (
        <p class="muted">{isLive(state) ? l10n.t('No samples yet.') : l10n.t('This run has no samples.')}</p>
      )}
    </section>
  );
}

function savedText(count: number): string {
  if (count <= MOST_FRAMES) return l10n.t('Saved the animation.');
  return l10n.t('Saved the animation, {0} of {1} samples.', MOST_FRAMES, formatCount(count));
}

/**
 * One sample enlarged, below its controls so that these keep their place, and all samples as a strip. It follows the
 * newest until the user selects another. Every sample has a position on the slider; none is left out.
 */
function SampleScrubber(props: { samples: readonly RunSample[]; live: boolean; runId: string }): JSX.Element {
  const { samples, live } = props;
  const [chosen, setChosen] = useState<number>();
  const last = samples.length - 1;
  const index = chosen === undefined ? last : Math.min(chosen, last);
  const sample = samples[index]!;
  const choose = (next: number) => setChosen(next >= last ? undefined : Math.max(0, next));
  const playback = usePlayback({ index, last, choose });
  const roving = useRoving<HTMLOListElement>('horizontal', 'button');
  const strip = roving.ref;
  const { save, saving, outcome } = useSaving(runView.save);
  // Scrolls only the strip: scrollIntoView would scroll the page too.
  useLayoutEffect(() => {
    const item = strip.current?.children[index] as HTMLElement | undefined;
    if (!item) return;
    const { offsetLeft, offsetWidth } = item;
    strip.current!.scrollLeft = offsetLeft - (strip.current!.clientWidth - offsetWidth) / 2;
  }, [index]);
  const go = (next: number) => {
    playback.pause();
    choose(next);
  };
  const following = chosen === undefined;
  const place = {
    index: index + 1,
    count: samples.length,
    name: nameOf(sample),
    time: formatClock(sample.time),
  };
  return (
    <>
      {samples.length > 1 && (
        <>
          <Scrubber
            words={{
              position: l10n.t('Sample'),
              previous: l10n.t('Previous sample'),
              next: l10n.t('Next sample'),
            }}
            index={index}
            last={last}
            playback={playback}
            go={go}
            valueText={nameOf(sample)}
            readOut={
              following
                ? live
                  ? l10n.t('{index} of {count}: {name} at {time} (latest, following)', place)
                  : l10n.t('{index} of {count}: {name} at {time} (last)', place)
                : l10n.t('{index} of {count}: {name} at {time}', place)
            }
          >
            {live && (
              <Button disabled={following} onClick={() => go(last)}>
                {l10n.t('Follow the latest')}
              </Button>
            )}
            <Button
              disabled={saving}
              onClick={() =>
                save(savedText(samples.length), `${props.runId} samples.gif`, () =>
                  sampleAnimation(samples, nameOf),
                )
              }
            >
              {l10n.t('Save animation…')}
            </Button>
          </Scrubber>
          {outcome}
        </>
      )}
      <figure class="sample">
        <figcaption>
          <strong>{l10n.t('Step {0}', formatCount(sample.step))}</strong>{' '}
          <span class="muted">{sample.label}</span>
        </figcaption>
        <img class="sample-picture" src={sample.uri} alt={`${sample.label}: ${nameOf(sample)}`} />
      </figure>
      {samples.length > 1 && (
        <ol class="sample-strip" {...roving}>
          {samples.map((other, at) => (
            <li key={`${other.concept} ${other.step} ${other.uri}`}>
              <button
                type="button"
                class="sample-thumbnail"
                aria-pressed={at === index}
                aria-label={nameOf(other)}
                onClick={() => go(at)}
              >
                <img src={other.uri} alt="" loading="lazy" />
                <span aria-hidden="true">{l10n.t('step {0}', formatCount(other.step))}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

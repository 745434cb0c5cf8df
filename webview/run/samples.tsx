import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { RunSample } from '../../src/protocol/webview.ts';
import { formatClock, formatCount } from '../components/format.ts';

/**
 * Every sample of the run: one large, the rest as a strip. It follows the newest until another is chosen.
 * All samples have a place on the slider, none is thinned out.
 */
export function Samples({ samples }: { samples: readonly RunSample[] }): JSX.Element {
  const [chosen, setChosen] = useState<number>();
  const last = samples.length - 1;
  const index = chosen === undefined ? last : Math.min(chosen, last);
  const sample = samples[index];
  const strip = useRef<HTMLOListElement>(null);
  // The strip moves by itself only: scrollIntoView would move the page too.
  useLayoutEffect(() => {
    const item = strip.current?.children[index] as HTMLElement | undefined;
    if (!item) return;
    const { offsetLeft, offsetWidth } = item;
    strip.current!.scrollLeft = offsetLeft - (strip.current!.clientWidth - offsetWidth) / 2;
  }, [index]);
  if (!sample) {
    return (
      <section aria-labelledby="samples-title">
        <h2 id="samples-title">Samples</h2>
        <p class="muted">The first sample picture is still to come.</p>
      </section>
    );
  }
  const choose = (next: number) => setChosen(next === last ? undefined : next);
  const name = ({ step, concept }: RunSample) => `${concept ? `${concept}, ` : ''}step ${formatCount(step)}`;
  return (
    <section aria-labelledby="samples-title">
      <div class="section-head">
        <h2 id="samples-title">
          Samples <span class="muted">{samples.length}</span>
        </h2>
        <span class="read-out" aria-live="polite">
          {name(sample)} at {formatClock(sample.time)}
          {chosen === undefined && ' (latest)'}
        </span>
      </div>
      <figure class="sample">
        <figcaption>
          <strong>Step {formatCount(sample.step)}</strong> <span class="muted">{sample.label}</span>
        </figcaption>
        <img class="sample-picture" src={sample.uri} alt={`${sample.label}: ${name(sample)}`} />
      </figure>
      {samples.length > 1 && (
        <>
          <input
            class="sample-slider"
            type="range"
            min={0}
            max={last}
            step={1}
            value={index}
            aria-label="Sample"
            aria-valuetext={name(sample)}
            onInput={(event) => choose(Number(event.currentTarget.value))}
          />
          <ol class="sample-strip" ref={strip}>
            {samples.map((other, place) => (
              <li key={`${other.concept} ${other.step} ${other.uri}`}>
                <button
                  type="button"
                  class="sample-thumbnail"
                  aria-pressed={place === index}
                  aria-label={name(other)}
                  onClick={() => choose(place)}
                >
                  <img src={other.uri} alt="" loading="lazy" />
                  <span aria-hidden="true">step {formatCount(other.step)}</span>
                </button>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

import type { JSX } from 'preact';

/** Text on one line that is cut at its start when there is no room: names of layers differ at their ends. */
export function TailText({ text }: { text: string }): JSX.Element {
  return (
    <span class="tail-text" title={text}>
      <bdi dir="ltr">{text}</bdi>
    </span>
  );
}

import type { JSX } from 'preact';

/** Text on one line that, where it has no room, loses its beginning: names of layers differ at their ends. */
export function TailText({ text }: { text: string }): JSX.Element {
  return (
    <span class="tail-text" title={text}>
      <bdi dir="ltr">{text}</bdi>
    </span>
  );
}

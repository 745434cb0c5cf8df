import type { JSX } from 'preact';
import './facts.css';

/** One entry of a `<dl class="facts">`. */
export function Fact(props: { label: string; value: string; note?: string | undefined }): JSX.Element {
  return (
    <div class="fact">
      <dt>{props.label}</dt>
      <dd>
        {props.value}
        {props.note && <span class="fact-note">{props.note}</span>}
      </dd>
    </div>
  );
}

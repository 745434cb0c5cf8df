import type { ComponentChildren, JSX } from 'preact';

/**
 * A translated message with markup in place of its named placeholders. The translation decides where they stand.
 * @param text with `{name}` for each of the parts
 */
export function RichText(props: {
  text: string;
  parts: Readonly<Record<string, ComponentChildren>>;
}): JSX.Element {
  // Every second piece is a captured name.
  const pieces = props.text.split(/\{(\w+)\}/);
  return (
    <>{pieces.map((piece, index) => (index % 2 === 0 ? piece : (props.parts[piece] ?? `{${piece}}`)))}</>
  );
}

import type { ComponentChildren, JSX } from 'preact';

/**
 * A translated message with markup where its named placeholders are left: where they stand in the sentence is up to
 * the translation.
 * @param text with `{name}` for each of the parts
 */
export function RichText(props: {
  text: string;
  parts: Readonly<Record<string, ComponentChildren>>;
}): JSX.Element {
  // Every second piece is what the parentheses caught.
  const pieces = props.text.split(/\{(\w+)\}/);
  return (
    <>{pieces.map((piece, index) => (index % 2 === 0 ? piece : (props.parts[piece] ?? `{${piece}}`)))}</>
  );
}

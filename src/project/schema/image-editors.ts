/** How concept files name the editors that make edited images. `src/pipeline/image-editors` implements them. */
import type * as z from 'zod';
import { effectChain } from './effects.ts';

/** One way to make the edited images of a concept: a key of `pairs.target`, and its settings. */
interface EditorEntry<S extends z.ZodType> {
  /** What the editor makes, for completion and hover. */
  readonly description: string;
  /** Schema of the key's value. */
  readonly settings: S;
  /** What the editor makes, as it reads after the name of the source folder: "effects snow, fog". */
  readonly words: (settings: z.output<S>) => string;
  /**
   * Keys below the settings that name files, as paths relative to the concept file. Pairs and zoo members that were made
   * with other files are stale.
   */
  readonly fileKeys: readonly (readonly string[])[];
}

const entry = <S extends z.ZodType>(described: EditorEntry<S>) => described;

/** Every image editor by its key. */
export const IMAGE_EDITORS = {
  effect: entry({
    description: 'Make the edited image with built-in effects.',
    settings: effectChain,
    words: (effects) => `effects ${effects.map(({ name }) => name).join(', ')}`,
    fileKeys: [],
  }),
} as const;

export type EditorName = keyof typeof IMAGE_EDITORS;
export const EDITOR_NAMES = Object.keys(IMAGE_EDITORS) as EditorName[];

/** The settings of one editor, with defaults filled in. */
export type EditorSettings<N extends EditorName> = z.output<(typeof IMAGE_EDITORS)[N]['settings']>;

/** A target that an editor makes, as in a concept: `{ effect: [...] }`. */
export type EditorTarget = { [N in EditorName]: { [K in N]: EditorSettings<N> } }[EditorName];

/** An editor with its settings. */
export type Edit = { [N in EditorName]: { editor: N; settings: EditorSettings<N> } }[EditorName];

/** The editor that a target names; undefined if it names none. */
export function editOf(target: object): Edit | undefined {
  const name = EDITOR_NAMES.find((key) => key in target);
  // The key determines the type of the settings, which the compiler cannot follow through a union.
  return name && ({ editor: name, settings: (target as Record<string, unknown>)[name] } as Edit);
}

/** Description of what an editor makes: "effects snow, fog". */
export function editText<N extends EditorName>({ editor, settings }: Edit & { editor: N }): string {
  const words = IMAGE_EDITORS[editor].words as (of: EditorSettings<N>) => string;
  return words(settings as EditorSettings<N>);
}

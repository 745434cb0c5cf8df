/**
 * The one comparison of names: of images, folders, concepts, training configs and tags. Two spellings that look the same
 * (Unicode has two forms of `ü`, and systems differ in which they write) are the same name. Spellings that differ only in
 * case are the same file on some systems, so they are never used for two things.
 */

/** Equal for names that look the same. */
export const formOf = (name: string) => name.normalize('NFC');

/** Equal for names that some file system takes for the same: they differ in the form or in case. */
export const foldOf = (name: string) => formOf(name.normalize('NFD').toLowerCase());

/** The names, to ask whether one is among them. */
export class NameSet {
  readonly #forms: ReadonlySet<string>;

  constructor(names: Iterable<string>) {
    this.#forms = new Set([...names].map(formOf));
  }

  has(name: string): boolean {
    return this.#forms.has(formOf(name));
  }
}

/** The item of that name; the one that is spelled exactly so, if there are several. */
export function itemNamed<T extends { readonly name: string }>(
  items: readonly T[],
  name: string,
): T | undefined {
  return items.find((item) => item.name === name) ?? items.find((item) => formOf(item.name) === formOf(name));
}

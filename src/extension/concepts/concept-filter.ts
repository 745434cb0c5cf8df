/** The properties that the filter searches. */
export interface Findable {
  readonly name: string;
  readonly prompt: string;
  readonly tags: readonly string[];
  /** The progress that the concept's row shows. Called only if a word of the filter may match it. */
  readonly states: () => readonly string[];
}

type Matches = (concept: Findable) => boolean;

/**
 * A predicate for the concepts that match all words of a filter, ignoring case.
 *
 * - `word` or `"several words"`: somewhere in the name, the prompt or a tag
 * - `tag:word`: how a tag begins
 * - `@word`: how a tag begins, or any word of a state; a dash in the word also matches a space
 *
 * @returns undefined if the filter is empty
 */
export function conceptMatcher(filter: string): Matches | undefined {
  const words = filter.toLowerCase().match(/(?:"[^"]*"?|[^\s"])+/g) ?? [];
  const conditions = words.map((word) => wordMatcher(word.replaceAll('"', '')));
  return conditions.length === 0 ? undefined : (concept) => conditions.every((matches) => matches(concept));
}

function wordMatcher(word: string): Matches {
  const [, kind, rest = ''] = /^(tag:|@)(.*)$/.exec(word) ?? [];
  if (kind === undefined) {
    return ({ name, prompt, tags }) =>
      [name, prompt, ...tags].some((text) => text.toLowerCase().includes(word));
  }
  const start = dashed(rest);
  const isTag: Matches = ({ tags }) => tags.some((tag) => dashed(tag).startsWith(start));
  if (kind === 'tag:') return isTag;
  const isState: Matches = ({ states }) =>
    states().some((state) => `-${dashed(state)}`.includes(`-${start}`));
  return (concept) => isTag(concept) || isState(concept);
}

const dashed = (text: string) => text.toLowerCase().replace(/\s+/g, '-');

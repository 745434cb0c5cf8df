import { describe, expect, it } from 'vitest';
import { conceptMatcher, type Findable } from '../../src/extension/concepts/concept-filter.ts';

const concept = (name: string, prompt: string, tags: string[] = [], ...states: string[]): Findable => ({
  name,
  prompt,
  tags,
  states: () => states,
});

const CONCEPTS = [
  concept('blizzard', 'turn it into a Snowy day', ['weather', 'cold'], 'fine-tuned'),
  concept('snow', 'white ground', ['weather'], 'in the zoo', 'running'),
  concept('fog', 'a photo in the fog', ['weather', 'not snow'], 'denoised'),
  concept('sepia', 'an old photo', ['print', 'old photo'], 'nothing made yet'),
  concept('tinted', 'a denoised photo', [], 'prepared'),
];

function found(filter: string): string[] {
  const matches = conceptMatcher(filter);
  return CONCEPTS.filter((each) => matches?.(each) ?? true).map(({ name }) => name);
}

describe('a filter of concepts', () => {
  it('is none where nothing is written', () => {
    expect(conceptMatcher('')).toBeUndefined();
    expect(conceptMatcher('  \t ')).toBeUndefined();
  });

  it('finds a word in names, prompts and tags, in upper and lower case', () => {
    expect(found('snow')).toEqual(['blizzard', 'snow', 'fog']);
    expect(found('SNOWY')).toEqual(['blizzard']);
    expect(found('izz')).toEqual(['blizzard']);
    expect(found('volcano')).toEqual([]);
  });

  it('wants every word, in any order and each wherever it is', () => {
    expect(found('photo fog')).toEqual(['fog']);
    expect(found('  old   sepia ')).toEqual(['sepia']);
    expect(found('snow volcano')).toEqual([]);
  });

  it('takes what stands in quotation marks as it is, also while the second is not typed yet', () => {
    expect(found('"old photo"')).toEqual(['sepia']);
    expect(found('old photo')).toEqual(['sepia']);
    expect(found('"a photo"')).toEqual(['fog']);
    expect(found('"photo in th')).toEqual(['fog']);
    expect(found('"')).toEqual(CONCEPTS.map(({ name }) => name));
  });

  it('narrows to a tag, by how it begins', () => {
    expect(found('tag:weather')).toEqual(['blizzard', 'snow', 'fog']);
    expect(found('TAG:Wea')).toEqual(['blizzard', 'snow', 'fog']);
    expect(found('tag:snow')).toEqual([]);
    expect(found('tag:not-snow')).toEqual(['fog']);
    expect(found('tag:"old photo"')).toEqual(['sepia']);
    expect(found('tag:weather tag:cold')).toEqual(['blizzard']);
    expect(found('@print')).toEqual(['sepia']);
  });

  it('with a tag not begun yet leaves those that have any', () => {
    expect(found('tag:')).toEqual(['blizzard', 'snow', 'fog', 'sepia']);
    expect(found('@')).toEqual(CONCEPTS.map(({ name }) => name));
  });

  it('narrows to what rows say of how far a concept has come', () => {
    expect(found('@denoised')).toEqual(['fog']);
    expect(found('@fine-tuned')).toEqual(['blizzard']);
    expect(found('@prep')).toEqual(['tinted']);
    expect(found('@zoo')).toEqual(['snow']);
    expect(found('@in-the-zoo')).toEqual(['snow']);
    expect(found('@running')).toEqual(['snow']);
    expect(found('@nothing')).toEqual(['sepia']);
    expect(found('@weather @zoo')).toEqual(['snow']);
    expect(found('denoised')).toEqual(['tinted']);
  });

  it('asks for states only where a word may be about them', () => {
    const states = () => {
      throw new Error('asked');
    };
    expect(conceptMatcher('snow tag:x')?.({ ...CONCEPTS[0]!, states })).toBe(false);
    expect(conceptMatcher('@weather')?.({ ...CONCEPTS[0]!, states })).toBe(true);
  });
});

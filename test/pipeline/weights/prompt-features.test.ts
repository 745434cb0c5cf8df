import { describe, expect, test } from 'vitest';
import { Vocabulary } from '../../../src/data/text.ts';
import {
  featuresOf,
  nearestPrompt,
  promptDirection,
  promptFeatures,
} from '../../../src/pipeline/weights/prompt-features.ts';

const PROMPTS = ['snow at night', 'snow', 'fog at dusk', 'night night'];

describe('prompt features', () => {
  const features = promptFeatures(PROMPTS);
  const weights = (prompt: string) => {
    const values = featuresOf(features, prompt);
    return Object.fromEntries(features.vocabulary.words.map((word, i) => [word, values[i]]));
  };

  test('are counts of words less their mean over the prompts', () => {
    expect(weights('snow at night')).toEqual({ at: 0.5, dusk: -0.25, fog: -0.25, night: 0.25, snow: 0.5 });
    expect(weights('Night, NIGHT')).toMatchObject({ night: 1.25, snow: -0.5 });
  });

  test('sum to zero over the prompts they were made from', () => {
    const sum = PROMPTS.map((prompt) => featuresOf(features, prompt)).reduce((a, b) =>
      a.map((value, i) => value + b[i]!),
    );
    expect([...sum]).toEqual([0, 0, 0, 0, 0]);
  });

  test('of words that none has are those of no word', () => {
    expect(weights('heavy rain')).toEqual(weights(''));
  });
});

describe('prompt directions', () => {
  const vocabulary = Vocabulary.ofPrompts(PROMPTS);

  test('have length 1, however long the prompt', () => {
    for (const prompt of PROMPTS)
      expect(Math.hypot(...promptDirection(vocabulary, prompt))).toBeCloseTo(1, 6);
  });

  test('are zero without a known word', () => {
    expect(new Set(promptDirection(vocabulary, 'rain'))).toEqual(new Set([0]));
  });
});

describe('the nearest prompt', () => {
  test.each([
    ['fog at night', 2, 'shares two words with both longer ones, and both are equally long'],
    ['snow and snow', 1, 'is the same direction'],
    ['night', 3, 'has no other word'],
    ['rain', 0, 'is the first where none shares a word'],
  ])('of %s is number %d: it %s', (prompt, expected) => {
    const prompts = prompt === 'fog at night' ? ['snow', 'dusk', 'fog at dusk', 'snow at night'] : PROMPTS;
    expect(nearestPrompt(prompts, prompt)).toBe(expected);
  });
});

import { describe, expect, test } from 'vitest';
import { Vocabulary } from '../../../src/data/text.ts';
import { wordTable } from '../../../src/data/word-table.ts';
import {
  featuresOf,
  nearestPrompt,
  promptDirections,
  promptFeatures,
} from '../../../src/pipeline/weights/prompt-features.ts';

const PROMPTS = ['snow at night', 'snow', 'fog at dusk', 'night night'];

describe('prompt features', () => {
  const { words } = Vocabulary.ofPrompts(PROMPTS);
  const featuresOfAll = async (prompts: string[]) =>
    featuresOf(await promptFeatures(wordTable, PROMPTS), prompts);
  const weights = async (prompt: string) => {
    const [values] = await featuresOfAll([prompt]);
    return Object.fromEntries(words.map((word, i) => [word, values![i]]));
  };

  test('are counts of words less their mean over the prompts', async () => {
    expect(await weights('snow at night')).toEqual({
      at: 0.5,
      dusk: -0.25,
      fog: -0.25,
      night: 0.25,
      snow: 0.5,
    });
    expect(await weights('Night, NIGHT')).toMatchObject({ night: 1.25, snow: -0.5 });
  });

  test('sum to zero over the prompts they were made from', async () => {
    const sum = (await featuresOfAll(PROMPTS)).reduce((a, b) => a.map((value, i) => value + b[i]!));
    expect([...sum]).toEqual([0, 0, 0, 0, 0]);
  });

  test('of words that none has are those of no word', async () => {
    expect(await weights('heavy rain')).toEqual(await weights(''));
  });
});

describe('prompt directions', () => {
  const directions = async (prompts: string[]) => promptDirections(await wordTable.fit(PROMPTS), prompts);

  test('have length 1, however long the prompt', async () => {
    for (const direction of await directions(PROMPTS)) expect(Math.hypot(...direction)).toBeCloseTo(1, 6);
  });

  test('are zero without a known word', async () => {
    expect(new Set((await directions(['rain']))[0])).toEqual(new Set([0]));
  });
});

describe('the nearest prompt', () => {
  test.each([
    ['fog at night', 2, 'shares two words with both longer ones, and both are equally long'],
    ['snow and snow', 1, 'is the same direction'],
    ['night', 3, 'has no other word'],
    ['rain', 0, 'is the first where none shares a word'],
  ])('of %s is number %d: it %s', async (prompt, expected) => {
    const prompts = prompt === 'fog at night' ? ['snow', 'dusk', 'fog at dusk', 'snow at night'] : PROMPTS;
    expect(await nearestPrompt(wordTable, prompts, prompt)).toBe(expected);
  });
});

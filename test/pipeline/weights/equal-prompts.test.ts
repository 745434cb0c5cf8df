import { expect, test } from 'vitest';
import { equalPromptWarnings } from '../../../src/pipeline/weights/equal-prompts.ts';

const members = (...prompts: string[]) => prompts.map((prompt, i) => ({ name: `m${i}`, prompt }));

test('members with one prompt are named, whatever its case and signs', () => {
  expect(equalPromptWarnings(members('fog', 'snow', 'Fog!', 'rain'))).toEqual([
    'm0 and m2 have the same prompt, "fog": the weight generator cannot tell them apart. Describe each in its own words.',
  ]);
  expect(equalPromptWarnings(members('fog', 'snow', 'rain'))).toEqual([]);
});

test('a zoo of one prompt alone is one warning', () => {
  expect(equalPromptWarnings(members('fog', 'fog', 'fog '))).toEqual([
    'all 3 members of the zoo have the same prompt, "fog": weights cannot depend on the prompt. Give each its own.',
  ]);
});

test('of many members and groups, the first ones are named', () => {
  const many = members(...Array.from({ length: 8 }, () => 'fog'), ...'aabbccddeeff');
  const warnings = equalPromptWarnings(many);
  expect(warnings).toHaveLength(6);
  expect(warnings[0]).toContain('m0, m1, m2, m3, m4 and 3 more have the same prompt');
  expect(warnings[5]).toBe('2 more prompts belong to several members.');
});

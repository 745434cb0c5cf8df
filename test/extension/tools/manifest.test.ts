import { expect, test } from 'vitest';
import manifest from '../../../package.json';
import { TOOLS } from '../../../src/extension/identifiers.ts';
import { parseInput, startRunInput } from '../../../src/extension/tools/tool-inputs.ts';

const tools = manifest.contributes.languageModelTools;

test('package.json declares exactly the tools that the code has', () => {
  expect(tools.map(({ name }) => name).sort()).toEqual(Object.values(TOOLS).sort());
});

test('names and tags keep the rules of VS Code', () => {
  for (const { name, toolReferenceName, tags } of tools) {
    expect(name).toMatch(/^(?!copilot_|vscode_)[\w-]+$/);
    expect(toolReferenceName).toMatch(/^[\w-]+$/);
    for (const tag of tags) expect(tag).not.toMatch(/^(copilot_|vscode_)/);
  }
  expect(new Set(tools.map(({ toolReferenceName }) => toolReferenceName)).size).toBe(tools.length);
});

test('every property of an input is described in a sentence', () => {
  for (const { name, inputSchema } of tools) {
    for (const [key, property] of Object.entries(inputSchema.properties)) {
      expect(property.description, `${name}.${key}`).toMatch(/\.$/);
    }
  }
});

test('what executes the engine is only offered in trusted workspaces', () => {
  const trusted = tools.filter(({ when }) => when.includes('isWorkspaceTrusted')).map(({ name }) => name);
  expect(trusted.sort()).toEqual([TOOLS.startRun, TOOLS.weightStatistics].sort());
});

test.each([
  ['an unknown key', { stage: 'denoise', prompt: 'snow' }, /"prompt"/],
  ['a missing key', {}, /stage: /],
  ['an unknown stage', { stage: 'translate' }, /stage: .*"fine-tune"/],
  ['a number as text', { stage: 'denoise', steps: '4' }, /steps: .*number/],
  ['a broken number', { stage: 'denoise', steps: 1.5 }, /steps: .*int/],
  ['too large a number', { stage: 'denoise', seed: 2 ** 31 }, /seed: .*2147483647/],
  ['an empty name', { stage: 'denoise', concept: '' }, /concept: /],
  ['no object', 'denoise', /object/],
])('an input with %s is refused with the key and what may stand there', (_case, input, said) => {
  expect(() => parseInput(startRunInput, input)).toThrow(said);
});

test('an input without mistakes comes through', () => {
  expect(parseInput(startRunInput, { stage: 'denoise', concept: 'snow', seed: 0 })).toEqual({
    stage: 'denoise',
    concept: 'snow',
    seed: 0,
  });
});

import { Command } from 'commander';
import { expect, test } from 'vitest';
import * as z from 'zod';
import manifest from '../../../package.json';
import { addStageCommands } from '../../../src/engine/commands/stages.ts';
import { TOOLS } from '../../../src/extension/identifiers.ts';
import {
  describeRunInput,
  listConceptsInput,
  parseInput,
  STAGE_INPUTS,
  startRunInput,
  validateProjectInput,
  weightStatisticsInput,
} from '../../../src/extension/tools/tool-inputs.ts';
import { STAGE_NAMES } from '../../../src/protocol/stages.ts';

const tools = manifest.contributes.languageModelTools;
const inputs: Record<string, z.ZodType> = {
  [TOOLS.listConcepts]: listConceptsInput,
  [TOOLS.validateProject]: validateProjectInput,
  [TOOLS.describeRun]: describeRunInput,
  [TOOLS.startRun]: startRunInput,
  [TOOLS.weightStatistics]: weightStatisticsInput,
};

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

test('the schema that models see is the one that inputs are checked by, and describes every property', () => {
  for (const { name, inputSchema } of tools) {
    const { $schema, ...schema } = z.toJSONSchema(inputs[name]!, { io: 'input' });
    expect(inputSchema, name).toEqual(schema);
    for (const [key, property] of Object.entries(inputSchema.properties)) {
      expect(property.description, `${name}.${key}`).toMatch(/\.$/);
    }
  }
});

test('what executes the engine is only offered in trusted workspaces', () => {
  const trusted = tools.filter(({ when }) => when.includes('isWorkspaceTrusted')).map(({ name }) => name);
  expect(trusted.sort()).toEqual([TOOLS.startRun, TOOLS.weightStatistics].sort());
});

test('a stage takes from a model what it takes on the command line', () => {
  const program = new Command();
  addStageCommands(
    program,
    () => Promise.reject(new Error('nothing is run')),
    () => {},
  );
  expect([...Object.keys(STAGE_INPUTS), 'translate'].sort()).toEqual([...STAGE_NAMES].sort());
  for (const [stage, { concept, seed, steps }] of Object.entries(STAGE_INPUTS)) {
    const command = program.commands.find((candidate) => candidate.name() === stage)!;
    const takes = (flag: string) => command.options.some(({ long }) => long === flag);
    expect({ concept: concept !== 'none', seed, steps }, stage).toEqual({
      concept: takes('--concept'),
      seed: takes('--seed'),
      steps: takes('--steps'),
    });
  }
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

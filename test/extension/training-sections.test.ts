import { expect, test } from 'vitest';
import { lineOf, SECTION_STAGES } from '../../src/extension/trainings/training-sections.ts';
import { parseYaml } from '../../src/project/yaml/parse.ts';

const stageLines = (text: string) => {
  const document = parseYaml('/a.training.yaml', text);
  return SECTION_STAGES.map((offered) => ({ stage: offered.stage, line: lineOf(offered, document) }));
};

test('each stage stands above its section, and above the file where there is no such section', () => {
  const text = '# comment\nextends: preset:fast\nbase:\n  steps: 3\n\ncollect: { steps: 2 }\nevaluate:\n';
  expect(stageLines(text)).toEqual([
    { stage: 'prepare', line: 0 },
    { stage: 'train-base', line: 2 },
    { stage: 'collect', line: 5 },
    { stage: 'train-generator', line: 0 },
    { stage: 'fine-tune', line: 0 },
    { stage: 'evaluate', line: 6 },
  ]);
});

test('every stage is offered for a text that is no YAML', () => {
  expect(stageLines('[').map(({ line }) => line)).toEqual([0, 0, 0, 0, 0, 0]);
});

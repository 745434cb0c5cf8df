import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STAGE_COMMANDS, STAGE_NAMES, stageEntry, type Translator } from '../../src/protocol/stages.ts';

const MARKED: Translator = { t: (message) => `[${message}]` };

/** The texts of a stage that the editor shows, as they are with everything translated. */
function shownOf(stage: (typeof STAGE_NAMES)[number]): string[] {
  const { title, section, conceptLens } = stageEntry(stage);
  const lens = section?.lens(MARKED);
  const commands = STAGE_COMMANDS.filter((command) => command.stage === stage);
  return [
    title(MARKED),
    ...(lens ? [lens.title, lens.tooltip] : []),
    ...(conceptLens ? [conceptLens(MARKED)] : []),
    ...commands.map((command) => command.title(MARKED)),
  ];
}

describe.each(STAGE_NAMES)('the words of %s', (stage) => {
  it('can all be translated', () => {
    expect(shownOf(stage).filter((text) => !/^\[.+\]$/.test(text))).toEqual([]);
  });

  it('have an example that calls the stage', () => {
    const { examples } = stageEntry(stage).help;
    expect(examples.length).toBeGreaterThan(0);
    expect(examples.filter((example) => !example.startsWith(`dnw ${stage}`))).toEqual([]);
  });
});

it('docs/user-guide.md lists every stage, in this order', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/user-guide.md'), 'utf8');
  const [, list] = /lists the same stages: ([^.]+)\./.exec(guide)!;
  const listed = [...list!.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(listed, 'the stages of docs/user-guide.md, "On the command line"').toEqual(STAGE_NAMES);
});

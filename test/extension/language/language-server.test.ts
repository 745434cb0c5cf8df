import { describe, expect, it } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver';
import { ERRORS, type ErrorKind } from '../../../src/protocol/errors.ts';
import { troubleshootingPage } from '../../../src/protocol/troubleshooting.ts';
import { applied } from './apply-edit.ts';
import { EditorProject, FOG, SNOW } from './editor-project.ts';
import { TROUBLESHOOTING_URI, uriOf } from './editor-session.ts';

const project = new EditorProject();

async function labels(name: string, marked: string): Promise<string[]> {
  const { path, position } = await project.open(name, marked);
  return (await project.session.completion(path, position)).map(({ label }) => label);
}

describe('capabilities', () => {
  it('registers no command that another extension may have registered', () => {
    expect(project.capabilities).not.toHaveProperty('executeCommandProvider');
  });
});

describe('completion', () => {
  it('offers the top-level keys of a concept', async () => {
    expect(await labels('concepts/new.concept.yaml', '|')).toEqual(
      expect.arrayContaining(['name', 'prompt', 'tags', 'pairs']),
    );
  });

  it('offers the keys of a section that are not there yet', async () => {
    const found = await labels('a.training.yaml', 'image:\n  size: 64\n  |\n');
    expect(found).toContain('fit');
    expect(found).not.toContain('size');
    expect(found).not.toContain('extends');
  });

  it('offers effects with what they do', async () => {
    const { path, position } = await project.open(
      'concepts/new.concept.yaml',
      SNOW.replace('effect: snow', 'effect: |'),
    );
    const items = await project.session.completion(path, position);
    const sketch = items.find(({ label }) => label === 'pencilSketch');
    expect(sketch?.documentation).toContain('pencil drawing');
  });

  it('writes an effect’s colours so that YAML does not take them for comments', async () => {
    const { path, position } = await project.open(
      'concepts/new.concept.yaml',
      SNOW.replace('effect: snow', 'effect: |'),
    );
    const items = await project.session.completion(path, position);
    const duotone = items.find(({ label }) => label === 'duotone with parameters');
    expect(duotone?.insertText).toContain('dark: "#1b1464"');
  });

  it.each([
    ['a block list', 'collect:\n  concepts:\n    - |\n'],
    ['a list in brackets', 'collect:\n  concepts: [snow, |]\n'],
    ['an unfinished list in brackets', 'collect:\n  concepts: [|\n'],
    ['the base', 'base:\n  concepts:\n    - sn|\n'],
  ])('offers the names of concepts in %s', async (_where, marked) => {
    expect(await labels('a.training.yaml', marked)).toEqual(expect.arrayContaining(['fog', 'snow']));
  });

  it('replaces what was typed of a name', async () => {
    const { path, position } = await project.open('a.training.yaml', 'collect:\n  holdOut:\n    - sn|\n');
    const item = (await project.session.completion(path, position)).find(({ label }) => label === 'snow');
    const range = { start: { line: 2, character: 6 }, end: { line: 2, character: 8 } };
    expect(item?.textEdit).toEqual({ range, newText: 'snow' });
  });

  it('offers tags where tags are meant', async () => {
    expect(await labels('a.training.yaml', 'collect:\n  concepts:\n    include:\n      - |\n')).toContain(
      'weather',
    );
  });

  it('offers presets and the other configs of the project to extend', async () => {
    await project.file('shared.training.yaml', 'extends: preset:fast\n');
    expect(await labels('a.training.yaml', 'extends: |\n')).toEqual(
      expect.arrayContaining(['preset:fast', 'preset:paper', 'shared.training.yaml']),
    );
  });
});

describe('hover', () => {
  it('shows description, allowed values and default of a key', async () => {
    const text = await project.hover('a.training.yaml', 'weightGenerator:\n  block|Size: 128\n');
    expect(text).toContain('`weightGenerator.blockSize`');
    expect(text).toContain('Weights per block');
    expect(text).toContain('a whole number from 8 to 65536');
    expect(text).toContain('Default: `256`');
  });

  it('shows what holds after `extends` for a section’s key', async () => {
    await project.file('shared.training.yaml', 'fineTune: { batchSize: 7 }\n');
    const text = await project.hover(
      'a.training.yaml',
      'extends: shared.training.yaml\nfineTune:\n  batch|Size: 9\n',
    );
    expect(text).toContain('Value here: `9`');
  });

  it('shows what an effect does', async () => {
    expect(
      await project.hover('concepts/new.concept.yaml', SNOW.replace('effect: snow', 'effect: sn|ow')),
    ).toContain('snow lying on upward-facing edges');
  });

  it('shows an effect’s parameter inside a list', async () => {
    const text = await project.hover(
      'concepts/new.concept.yaml',
      SNOW.replace('effect: snow', 'effect: [pixelate: { ce|ll: 8 }]'),
    );
    expect(text).toContain('Cell side in pixels at 256 px');
  });
});

describe('diagnostics', () => {
  it('marks every mistake of an unsaved document at its place', async () => {
    const { path } = await project.open('a.training.yaml', 'image:\n  size: 100\n  trian: 3\nseed: -1\n');
    const found = await project.session.diagnostics(path, (all) => all.length === 3);
    expect(
      found.map(({ range, code }) => [range.start.line, range.start.character, range.end.character, code]),
    ).toEqual([
      [1, 8, 11, ERRORS['invalid-value'].code],
      [2, 2, 7, ERRORS['unknown-key'].code],
      [3, 6, 8, ERRORS['invalid-value'].code],
    ]);
    expect(found[1]!.message).toBe('Unknown key `trian` in `image`. Did you mean `train`?');
    const [page, line] = found[1]!.codeDescription!.href.split('#L');
    expect(page).toBe(TROUBLESHOOTING_URI);
    expect(troubleshootingPage().split('\n')[Number(line) - 1]).toBe(`### ${found[1]!.code}`);
  });

  it('marks a concept that the project does not have, and unmarks it when its file appears', async () => {
    const { path } = await project.open('a.training.yaml', 'collect:\n  concepts: [snow, fog, dusk]\n');
    const isUnknown = ({ code }: Diagnostic) => code === ERRORS['unknown-concept'].code;
    const found = await project.session.diagnostics(path, (all) => all.some(isUnknown));
    expect(found.find(isUnknown)).toMatchObject({ range: { start: { line: 1, character: 24 } } });
    const dusk = await project.file('concepts/dusk.concept.yaml', FOG);
    await project.session.fileChanged(dusk);
    await project.session.diagnostics(path, (all) => !all.some(isUnknown));
  });

  it('marks a mistake of an extended config in that config’s file', async () => {
    const shared = await project.file('shared.training.yaml', 'device: gpu\n');
    await project.open('a.training.yaml', 'extends: shared.training.yaml\n');
    const found = await project.session.diagnostics(shared, (all) => all.length > 0);
    expect(found[0]!.message).toContain('`device` is gpu');
  });

  it('follows the editor’s text, not the disk’s', async () => {
    const { path } = await project.open('concepts/snow.concept.yaml', SNOW.replace('snow\n', 'snoww\n'));
    await project.session.change(path, SNOW.replace('effect: snow', 'effect: snoww'));
    const wrong = await project.session.diagnostics(path, (all) =>
      all.some(({ code }) => code === ERRORS['invalid-value'].code),
    );
    expect(wrong[0]!.message).toContain('Did you mean snow?');
    await project.session.change(path, SNOW);
    await project.session.diagnostics(path, (all) => all.length === 0);
  });

  it('survives hostile text and answers on', async () => {
    const { path, position } = await project.open('a.training.yaml', '['.repeat(100_000));
    const found = await project.session.diagnostics(path, (all) => all.length > 0);
    expect(found[0]!.code).toBe(ERRORS['too-large'].code);
    expect(await project.session.completion(path, position)).toEqual([]);
    expect(await project.session.hover(path, { line: 0, character: 3 })).toBeNull();
    await project.session.change(path, 'seed: 1\n');
    expect(await project.session.hover(path, { line: 0, character: 1 })).not.toBeNull();
  });
});

describe('quick fixes', () => {
  it('change a key to its nearest', async () => {
    const { path } = await project.open('a.training.yaml', 'image:\n  trian: 3\n');
    const found = await project.session.diagnostics(path, (all) => all.length === 1);
    const [action] = await project.session.codeActions(path, found);
    expect(action).toMatchObject({ title: 'Change to key `train`', isPreferred: true });
    const range = { start: { line: 1, character: 2 }, end: { line: 1, character: 7 } };
    expect(action!.edit!.changes![uriOf(path)]).toEqual([{ range, newText: 'train' }]);
  });

  it('change a value to an allowed one', async () => {
    const { path } = await project.open('a.training.yaml', 'image: { size: 100 }\n');
    const found = await project.session.diagnostics(path, (all) => all.length === 1);
    const actions = await project.session.codeActions(path, found);
    expect(actions.map(({ title }) => title)).toEqual(['Change to `96`', 'Change to `104`']);
  });

  it('add a missing key', async () => {
    const { path } = await project.open(
      'concepts/new.concept.yaml',
      'pairs:\n  target:\n    effect: snow\nprompt: x\n',
    );
    const found = await project.session.diagnostics(path, (all) => all.length === 1);
    const [action] = await project.session.codeActions(path, found);
    const at = { line: 1, character: 0 };
    const edits = [{ range: { start: at, end: at }, newText: '  source: \n' }];
    expect(action).toMatchObject({ title: 'Add `source`', edit: { changes: { [uriOf(path)]: edits } } });
  });

  it('create a concept that a config names', async () => {
    const { path } = await project.open('a.training.yaml', 'collect:\n  concepts: [snow, fog, oil-paint]\n');
    const found = await project.session.diagnostics(path, (all) =>
      all.some(({ code }) => code === ERRORS['unknown-concept'].code),
    );
    const actions = await project.session.codeActions(path, found);
    const action = actions.find(({ title }) => title === 'Create the concept `oil-paint`');
    const uri = uriOf(project.path('concepts/oil-paint.concept.yaml'));
    expect(action!.edit!.documentChanges).toMatchObject([{ kind: 'create', uri }, { textDocument: { uri } }]);
    expect(JSON.stringify(action!.edit!.documentChanges)).toContain('source: ../images');
  });

  it('create a concept of the images that the others have', async () => {
    await project.file('photos/one.png', '');
    await project.file('concepts/fog.concept.yaml', FOG.replace('../images', '../photos'));
    await project.file('concepts/snow.concept.yaml', SNOW.replace('../images', '../photos'));
    const { path } = await project.open('a.training.yaml', 'collect:\n  concepts: [oil-paint]\n');
    const found = await project.session.diagnostics(path, (all) => all.length > 0);
    const [, write] = (await project.session.codeActions(path, found)).find(({ title }) =>
      title.startsWith('Create the concept'),
    )!.edit!.documentChanges as unknown as [unknown, { edits: { newText: string }[] }];
    expect(write.edits[0]!.newText).toMatch(/^prompt: oil paint$.*source: \.\.\/photos$/ms);
  });

  it('create a missing folder, or correct its name', async () => {
    const { path } = await project.open('concepts/snow.concept.yaml', SNOW.replace('../images', '../imges'));
    const found = await project.session.diagnostics(path, (all) => all.length === 1);
    const actions = await project.session.codeActions(path, found);
    expect(actions.map(({ title }) => title)).toEqual([
      'Change to `../images`',
      'Create the folder ../imges',
    ]);
    const uri = uriOf(project.path('imges/.gitkeep'));
    expect(actions[1]!.edit!.documentChanges).toMatchObject([{ kind: 'create', uri }]);
  });
});

describe('quick fixes of lists and paths', () => {
  const fixed = async (name: string, text: string, kind: ErrorKind) => {
    const { code } = ERRORS[kind];
    const { path } = await project.open(name, text);
    const all = await project.session.diagnostics(path, (found) => found.some((one) => one.code === code));
    const actions = await project.session.codeActions(
      path,
      all.filter((one) => one.code === code),
    );
    return actions.map(({ title, edit }) => ({
      title,
      text: edit!.changes ? applied(text, edit!.changes[uriOf(path)]!) : undefined,
    }));
  };

  it.each([
    ['in brackets', 'concepts: [snow, fog, snow] # all', 'concepts: [snow, fog] # all'],
    [
      'in brackets over lines',
      'concepts: [\n  snow,\n  fog,\n  snow,\n  ]',
      'concepts: [\n  snow,\n  fog,\n  ]',
    ],
    [
      'on a line of its own',
      'concepts:\n  - snow\n  - snow # twice\n  - fog',
      'concepts:\n  - snow\n  - fog',
    ],
  ])('remove a repeated entry %s', async (_where, before, after) => {
    const config = (list: string) => `collect:\n  ${list.replaceAll('\n', '\n  ')}\nseed: 1\n`;
    expect(await fixed('a.training.yaml', config(before), 'duplicate-entry')).toEqual([
      { title: 'Remove the repeated entry', text: config(after) },
    ]);
  });

  it('remove a repeated entry on a last line without an end', async () => {
    const text = 'prompt: x\npairs: { source: ../images, target: { effect: fog } }\ntags:\n- a\n- a';
    expect((await fixed('concepts/new.concept.yaml', text, 'duplicate-entry'))[0]!.text).toBe(
      text.slice(0, -4),
    );
  });

  it('lead to a folder that was meant from the project', async () => {
    const text = SNOW.replace('../images', '"images"');
    const [first] = await fixed('concepts/new.concept.yaml', text, 'missing-path');
    expect(first!.text).toBe(SNOW.replace('../images', '"../images"'));
  });

  it('correct every misspelt folder of a path, and keep its pattern', async () => {
    await project.file('photos/winter/one.png', '');
    const text = SNOW.replace('../images', '../photso/wintr/*.png');
    const [first] = await fixed('concepts/new.concept.yaml', text, 'missing-path');
    expect(first!.text).toBe(SNOW.replace('../images', '../photos/winter/*.png'));
  });

  it('create a folder whose path is long', async () => {
    const long = `../${'a-long-name/'.repeat(8)}images`;
    const { path } = await project.open('concepts/new.concept.yaml', SNOW.replace('../images', long));
    const found = await project.session.diagnostics(path, (all) => all.length === 1);
    const actions = await project.session.codeActions(path, found);
    const uri = uriOf(project.path(`${long.slice(3)}/.gitkeep`));
    expect(actions.at(-1)!.edit!.documentChanges).toMatchObject([{ kind: 'create', uri }]);
  });

  it('create a concept that is held out and does not exist', async () => {
    const titles = (await fixed('a.training.yaml', 'collect: { holdOut: [oil] }\n', 'unknown-concept')).map(
      ({ title }) => title,
    );
    expect(titles).toContain('Create the concept `oil`');
  });

  it('pick the nearest effect, and the nearest parameter of an effect', async () => {
    const effect = SNOW.replace('effect: snow', 'effect: [snow, pixelat: { cell: 8 }]');
    expect((await fixed('concepts/a.concept.yaml', effect, 'unknown-key'))[0]!.text).toBe(
      effect.replace('pixelat', 'pixelate'),
    );
    const parameter = SNOW.replace('effect: snow', 'effect: { pixelate: { cel: 8 } }');
    expect((await fixed('concepts/b.concept.yaml', parameter, 'unknown-key'))[0]!.text).toBe(
      parameter.replace('cel:', 'cell:'),
    );
  });
});

describe('navigation', () => {
  it('goes from a concept’s name to its file', async () => {
    const { path, position } = await project.open('a.training.yaml', 'collect:\n  holdOut: [sn|ow]\n');
    const found = await project.session.definition(path, position);
    expect(found?.uri).toBe(uriOf(project.path('concepts/snow.concept.yaml')));
  });

  it('goes from `extends` to the config', async () => {
    const shared = await project.file('shared.training.yaml', 'seed: 2\n');
    const { path, position } = await project.open('a.training.yaml', 'extends: shared|.training.yaml\n');
    expect((await project.session.definition(path, position))?.uri).toBe(uriOf(shared));
  });

  it('outlines and folds sections', async () => {
    const { path } = await project.open('a.training.yaml', 'image:\n  size: 64\n  fit: cover\nseed: 1\n');
    const symbols = await project.session.symbols(path);
    expect(symbols.map(({ name }) => name)).toEqual(['image', 'seed']);
    expect(symbols[0]!.children!.map(({ name }) => name)).toEqual(['size', 'fit']);
    expect(await project.session.folding(path)).toContainEqual(
      expect.objectContaining({ startLine: 0, endLine: 2 }),
    );
  });

  it('formats', async () => {
    const { path } = await project.open('a.training.yaml', 'image:\n      size:   64\n');
    const [edit] = await project.session.format(path);
    expect(edit!.newText).toBe('image:\n  size: 64\n');
  });
});

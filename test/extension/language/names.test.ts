import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Location, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver';
import { applied } from './apply-edit.ts';
import { EditorProject, SNOW } from './editor-project.ts';
import { EditorSession, uriOf } from './editor-session.ts';

const project = new EditorProject();

const CONFIG = `collect:
  concepts: [snow, fog]
  holdOut:
    - 'snow'
base:
  concepts:
    - snow # the first
`;

/** Where something was found: file name, line from 1, and the text there. */
async function places(locations: readonly Location[]): Promise<string[]> {
  const found = locations.map(async ({ uri, range: { start, end } }) => {
    const path = fileURLToPath(uri);
    const text = await readFile(path, 'utf8');
    const line = text.split('\n')[start.line]!;
    return `${path.slice(project.folder.length + 1)}:${start.line + 1}:${line.slice(start.character, end.character)}`;
  });
  return (await Promise.all(found)).sort();
}

/** The project's files after an edit: texts by name, and renamed files as `old → new`. */
async function outcome(edit: WorkspaceEdit | null): Promise<Record<string, string> & { renamed?: never }> {
  const files: Record<string, string> = {};
  const name = (uri: string) => fileURLToPath(uri).slice(project.folder.length + 1);
  for (const change of edit!.documentChanges!) {
    if ('kind' in change) {
      expect(change.kind).toBe('rename');
      if (change.kind === 'rename') files[name(change.oldUri)] = `→ ${name(change.newUri)}`;
    } else {
      const { textDocument, edits } = change as TextDocumentEdit;
      const text = await readFile(fileURLToPath(textDocument.uri), 'utf8');
      files[name(textDocument.uri)] = applied(text, edits as { range: Location['range']; newText: string }[]);
    }
  }
  return files;
}

/** Writes a file and opens it as it is on disk, with the cursor at the `|`. */
async function openSaved(name: string, marked: string) {
  await project.file(name, marked.replace('|', ''));
  return project.open(name, marked);
}

describe('references', () => {
  it('finds a concept in every list of every config, from a config', async () => {
    await project.file('b.training.yaml', 'collect: { holdOut: [snow] }\n');
    const { path, position } = await openSaved('a.training.yaml', CONFIG.replace('[snow', '[sn|ow'));
    const found = await project.session.references(path, position);
    expect(await places(found)).toEqual([
      'a.training.yaml:2:snow',
      "a.training.yaml:4:'snow'",
      'a.training.yaml:7:snow',
      'b.training.yaml:1:snow',
      'concepts/snow.concept.yaml:1:',
    ]);
    const uses = await project.session.references(path, position, false);
    expect(uses.map(({ uri }) => uri)).not.toContain(uriOf(project.path('concepts/snow.concept.yaml')));
  });

  it('finds a concept from its own file, where its name is the file’s', async () => {
    await project.file('a.training.yaml', CONFIG);
    const { path, position } = await project.open(
      'concepts/snow.concept.yaml',
      SNOW.replace('prompt', 'pro|mpt'),
    );
    const found = await project.session.references(path, position, false);
    expect(await places(found)).toHaveLength(3);
  });

  it('finds a tag in concepts, selections and what is held out, and no concept of another kind', async () => {
    await project.file(
      'a.training.yaml',
      'collect:\n  concepts: { exclude: [weather] }\n  holdOut: [weather]\nbase: { concepts: [weather] }\n',
    );
    const { path, position } = await project.open(
      'concepts/snow.concept.yaml',
      SNOW.replace('[weather]', '[wea|ther]'),
    );
    expect(await places(await project.session.references(path, position))).toEqual([
      'a.training.yaml:2:weather',
      'a.training.yaml:3:weather',
      'concepts/fog.concept.yaml:2:weather',
      'concepts/snow.concept.yaml:2:weather',
    ]);
  });

  it('finds names in a config that another extends', async () => {
    await project.file('shared/common.training.yaml', 'collect: { holdOut: [snow] }\n');
    const { path, position } = await openSaved(
      'a.training.yaml',
      'extends: shared/common.training.yaml\nbase: { concepts: [sn|ow] }\n',
    );
    expect(await places(await project.session.references(path, position, false))).toEqual([
      'a.training.yaml:2:snow',
      'shared/common.training.yaml:1:snow',
    ]);
  });
});

describe('rename', () => {
  it('offers the name and nothing else', async () => {
    const { path, position } = await openSaved('a.training.yaml', CONFIG.replace("'snow'", "'sn|ow'"));
    expect(await project.session.prepareRename(path, position)).toEqual({
      range: { start: { line: 3, character: 6 }, end: { line: 3, character: 12 } },
      placeholder: 'snow',
    });
    expect(await project.session.prepareRename(path, { line: 0, character: 2 })).toBeNull();
  });

  it('renames the file of a concept that is named by it, and every use with its quotes', async () => {
    const { path, position } = await openSaved('a.training.yaml', CONFIG.replace('[snow', '[sn|ow'));
    const files = await outcome(await project.session.rename(path, position, 'ice'));
    expect(files).toEqual({
      'a.training.yaml': CONFIG.replaceAll('snow', 'ice'),
      'concepts/snow.concept.yaml': '→ concepts/ice.concept.yaml',
    });
  });

  it('changes the name of a concept that has one, and leaves its file', async () => {
    const named = SNOW.replace('prompt', 'name: winter\nprompt');
    await project.file('a.training.yaml', 'collect: { holdOut: [winter] }\n');
    const { path, position } = await openSaved(
      'concepts/snow.concept.yaml',
      named.replace('winter', 'win|ter'),
    );
    expect(await outcome(await project.session.rename(path, position, '2024'))).toEqual({
      'concepts/snow.concept.yaml': named.replace('winter', '"2024"'),
      'a.training.yaml': 'collect: { holdOut: ["2024"] }\n',
    });
  });

  it('renames a tag in every file, with quotes where YAML needs them', async () => {
    await project.file('a.training.yaml', 'collect:\n  concepts: { include: [weather] }\n');
    const { path, position } = await openSaved(
      'concepts/snow.concept.yaml',
      SNOW.replace('[weather]', '[wea|ther]'),
    );
    const files = await outcome(await project.session.rename(path, position, 'sky, air'));
    expect(files['a.training.yaml']).toBe('collect:\n  concepts: { include: ["sky, air"] }\n');
    expect(files['concepts/fog.concept.yaml']).toContain('tags: ["sky, air"]');
    expect(files['concepts/snow.concept.yaml']).toBe(SNOW.replace('weather', '"sky, air"'));
  });

  it.each([
    ['a name that another concept has', 'FOG', /A concept named `fog` already exists/],
    ['the name of a tag', 'weather', /A tag named `weather` already exists/],
    ['a name that cannot name a file', 'a/b', /cannot be named `a\/b`/],
  ])('refuses %s', async (_what, newName, message) => {
    const { path, position } = await openSaved('a.training.yaml', CONFIG.replace('[snow', '[sn|ow'));
    await expect(project.session.rename(path, position, newName)).rejects.toThrow(message);
  });

  it('refuses while a file cannot be searched for the name, and says which', async () => {
    await project.file('concepts/broken.concept.yaml', 'prompt: "open\n');
    const { path, position } = await openSaved('a.training.yaml', CONFIG.replace('[snow', '[sn|ow'));
    await expect(project.session.rename(path, position, 'ice')).rejects.toThrow(
      /broken\.concept\.yaml cannot be found/,
    );
  });

  it('refuses a name that stands for a concept and a tag at once', async () => {
    await project.file('concepts/weather.concept.yaml', SNOW.replace('tags: [weather]\n', ''));
    const { path, position } = await openSaved('a.training.yaml', 'collect: { holdOut: [wea|ther] }\n');
    await expect(project.session.rename(path, position, 'ice')).rejects.toThrow(
      /`weather` is both a concept and a tag, and a\.training\.yaml holds out both/,
    );
  });

  it('says what to do in an editor that cannot rename files', async () => {
    const { session } = await EditorSession.start({});
    try {
      const path = await project.file('a.training.yaml', CONFIG);
      await session.open(path, CONFIG);
      await expect(session.rename(path, { line: 1, character: 14 }, 'ice')).rejects.toThrow(
        /rename snow\.concept\.yaml to ice\.concept\.yaml, or write `name: snow` in it first/,
      );
    } finally {
      await session.stop();
    }
  });
});

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { CONCEPT_LANGUAGE, PANELS, TRAINING_LANGUAGE } from '../../src/extension/identifiers.ts';
import { ERRORS, type ErrorKind } from '../../src/protocol/errors.ts';
import { activateExtension, polled, until, workspaceProject } from './extension-under-test.ts';
import { WrittenFiles } from './written-files.ts';

const TRAINING = 'quickstart.training.yaml';
const SEPIA = 'concepts/sepia.concept.yaml';

describe('the language features', () => {
  let api: ExtensionApi;
  const files = new WrittenFiles();

  before(async () => {
    api = await activateExtension();
  });

  afterEach(async () => {
    for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await files.remove();
  });

  async function open(path: string): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(path);
    await vscode.window.showTextDocument(document);
    return document;
  }

  let imageFolders = 0;
  /**
   * Makes a folder of images that no check has looked for yet: a missing one is looked for again only now and then.
   * @returns its path below the project
   */
  function imageFolder(images: readonly string[]): string {
    const folder = `host-images-${imageFolders++}`;
    for (const image of images) files.write(`${folder}/${image}`, '');
    files.add(files.path(folder));
    return folder;
  }

  const conceptOf = (folder: string) =>
    `prompt: host test\npairs:\n  source: ../${folder}\n  target: { effect: sepia }\n`;

  const openExample = (file: string) => open(files.path(file));
  /** A name is used once: the editor keeps a closed file's text for a while. */
  const openNew = (file: string, text: string) => open(files.write(file, text));

  /** Where a text stands that the document has once. */
  function rangeOf(document: vscode.TextDocument, text: string): vscode.Range {
    const parts = document.getText().split(text);
    assert.equal(parts.length, 2, `${text} stands ${parts.length - 1} times in ${document.uri}`);
    const start = parts[0]!.length;
    return new vscode.Range(document.positionAt(start), document.positionAt(start + text.length));
  }

  /** Writes something in the place of a text, and leaves it unsaved. */
  async function replace(document: vscode.TextDocument, text: string, by: string): Promise<void> {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, rangeOf(document, text), by);
    assert.ok(await vscode.workspace.applyEdit(edit));
  }

  /** The code, if it is a link to the page about errors. */
  const code = ({ code: given }: vscode.Diagnostic) =>
    typeof given === 'object' && given.target.path.endsWith('docs/troubleshooting.md')
      ? given.value
      : undefined;
  const diagnosed = (uri: vscode.Uri, wanted: ErrorKind) =>
    vscode.languages.getDiagnostics(uri).filter((diagnostic) => code(diagnostic) === ERRORS[wanted].code);

  /** The only mistake of a kind in a file, once it is marked. */
  async function marked(uri: vscode.Uri, wanted: ErrorKind): Promise<vscode.Diagnostic> {
    await until(vscode.languages.onDidChangeDiagnostics, () => diagnosed(uri, wanted).length > 0);
    const found = diagnosed(uri, wanted);
    assert.equal(found.length, 1);
    assert.equal(found[0]!.source, 'Denoised Weights');
    return found[0]!;
  }

  const unmarked = (uri: vscode.Uri, wanted: ErrorKind) =>
    until(vscode.languages.onDidChangeDiagnostics, () => diagnosed(uri, wanted).length === 0);

  /** Applies the fix of this title, as soon as there is one: what lies on the disk is looked for now and then. */
  async function quickFix(uri: vscode.Uri, { range }: vscode.Diagnostic, title: string): Promise<void> {
    let titles: string[] = [];
    const fix = async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        uri,
        range,
        vscode.CodeActionKind.QuickFix.value,
      );
      titles = actions.map((each) => each.title);
      return actions.find((candidate) => candidate.title === title)?.edit;
    };
    const edit = await polled(fix, () => `${title} is not among ${titles}`);
    assert.ok(await vscode.workspace.applyEdit(edit));
  }

  async function completions(uri: vscode.Uri, position: vscode.Position): Promise<vscode.CompletionItem[]> {
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      position,
    );
    return items;
  }

  const labelOf = ({ label }: vscode.CompletionItem) => (typeof label === 'string' ? label : label.label);

  function includesAll(found: readonly string[], wanted: readonly string[]): void {
    for (const one of wanted) assert.ok(found.includes(one), `${one} is not among ${found}`);
  }

  /** @param into characters of the text before the one that is pointed at */
  async function hover(document: vscode.TextDocument, text: string, into = 0): Promise<string> {
    const found = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      rangeOf(document, text).start.translate(0, into),
    );
    return found
      .flatMap(({ contents }) => contents)
      .map((part) => (typeof part === 'string' ? part : part.value))
      .join('\n');
  }

  it('are those of a file’s name, with either ending', async () => {
    const languages = [];
    for (const ending of ['concept.yaml', 'concept.yml', 'training.yaml', 'training.yml', 'other.yaml']) {
      languages.push((await openNew(`host-language/host.${ending}`, 'seed: 1\n')).languageId);
    }
    files.add(files.path('host-language'));
    assert.deepEqual(languages, [
      CONCEPT_LANGUAGE,
      CONCEPT_LANGUAGE,
      TRAINING_LANGUAGE,
      TRAINING_LANGUAGE,
      'yaml',
    ]);
  });

  it('leave a file to the YAML extension that is given the language of that', async () => {
    // As long as one file of a project is open, all of them are checked.
    await openExample(SEPIA);
    const text = 'prompt: host test\nimages: here\npairs: { source: ../images, target: { effect: sepia } }\n';
    const document = await openNew('concepts/host-as-yaml.concept.yaml', text);
    const { uri } = document;
    await marked(uri, 'unknown-key');
    await vscode.languages.setTextDocumentLanguage(document, 'yaml');
    await unmarked(uri, 'unknown-key');
    assert.deepEqual(vscode.languages.getDiagnostics(uri), []);
    assert.equal(await hover(document, 'prompt'), '');
    assert.deepEqual(await vscode.commands.executeCommand('vscode.executeCodeLensProvider', uri), []);
    const offered = await completions(uri, document.positionAt(text.length));
    const properties = offered.filter(({ kind }) => kind === vscode.CompletionItemKind.Property);
    assert.deepEqual(properties.map(labelOf), []);

    await vscode.languages.setTextDocumentLanguage(document, CONCEPT_LANGUAGE);
    await marked(uri, 'unknown-key');
  });

  describe('completion', () => {
    it('offers an empty concept its keys, and snippets for a whole one', async () => {
      const { uri } = await openNew('concepts/host-empty.concept.yaml', '');
      const items = await completions(uri, new vscode.Position(0, 0));
      includesAll(items.map(labelOf), ['name', 'prompt', 'tags', 'pairs']);
      const snippet = items.find((item) => labelOf(item) === 'concept-folder');
      assert.equal(snippet?.kind, vscode.CompletionItemKind.Snippet);
      assert.match((snippet.insertText as vscode.SnippetString).value, /^prompt: .*\npairs:\n {2}source: /);
    });

    it('offers an empty training config its keys, and snippets for a whole one', async () => {
      const { uri } = await openNew('host-empty.training.yaml', '');
      const items = await completions(uri, new vscode.Position(0, 0));
      includesAll(items.map(labelOf), ['extends', 'seed', 'image', 'collect']);
      const snippet = items.find((item) => labelOf(item) === 'training');
      assert.equal(snippet?.kind, vscode.CompletionItemKind.Snippet);
    });

    it('offers a section the keys that it does not have', async () => {
      const document = await openExample(TRAINING);
      await replace(document, 'lora: { rank: 16 }', 'lora:\n  rank: 16\n  \n');
      const { end } = rangeOf(document, 'lora:\n  rank: 16\n  ');
      const labels = (await completions(document.uri, end)).map(labelOf);
      includesAll(labels, ['ranks']);
      assert.ok(!labels.includes('rank'), `rank is among ${labels}`);
    });

    it('offers effects, with what each does', async () => {
      const document = await openExample(SEPIA);
      await replace(document, 'effect: sepia', 'effect: ');
      const items = await completions(document.uri, rangeOf(document, 'effect: ').end);
      includesAll(items.map(labelOf), ['sepia', 'snow', 'pencilSketch']);
      const { documentation } = items.find((item) => labelOf(item) === 'snow')!;
      const text = typeof documentation === 'string' ? documentation : documentation?.value;
      assert.match(text ?? '', /snow lying on upward-facing edges/);
    });

    it('offers the names of the project’s concepts, in the place of what was typed of one', async () => {
      const document = await openExample(TRAINING);
      await replace(document, '[sepia-fog, held-out]', '[sepia-fog, sepia-n]');
      const typed = rangeOf(document, 'sepia-n');
      const items = await completions(document.uri, typed.end);
      includesAll(
        items.map(labelOf),
        workspaceProject(api).concepts.map(({ name }) => name),
      );
      const { range, insertText, detail } = items.find((item) => labelOf(item) === 'sepia-night')!;
      assert.equal(detail, 'a sepia photo at night');
      assert.equal(insertText, 'sepia-night');
      assert.deepEqual(range && ('replacing' in range ? range.replacing : range), typed);
    });
  });

  describe('hover', () => {
    it('says what a key does, in which unit, its default, and what holds here', async () => {
      const text = await hover(await openExample(TRAINING), 'size: 96');
      assert.match(text, /`image\.size`/);
      assert.match(text, /Side of the square training images in pixels/);
      assert.match(text, /Default: `256`/);
      assert.match(text, /Value here: `96`/);
    });

    it('says what an effect does, with and without parameters', async () => {
      assert.match(
        await hover(await openExample('concepts/snow.concept.yaml'), 'snow: {'),
        /snow lying on upward-facing edges/,
      );
      assert.match(
        await hover(await openExample(SEPIA), 'effect: sepia', 'effect: '.length),
        /`sepia`: The brown tones of an old print/,
      );
    });

    it('shows images of a concept’s source, the first, the middle and the last', async () => {
      const folder = imageFolder(['a.png', 'b.jpg', 'c.png', 'd.png', 'e.webp']);
      const document = await openNew('concepts/host-pictured.concept.yaml', conceptOf(folder));
      const text = await hover(document, 'source');
      assert.match(text, /\*\*5 source images\*\*/);
      assert.deepEqual(
        [...text.matchAll(/!\[([^\]]*)\]\(([^|)]*)\|width=\d+\)/g)].map(([, alt, address]) => [
          alt,
          vscode.Uri.parse(address!).fsPath,
        ]),
        ['a.png', 'c.png', 'e.webp'].map((image) => [image, files.path(`${folder}/${image}`)]),
      );
      assert.match(await hover(document, 'pairs'), /\*\*5 source images\*\*/);
    });

    it('tells of images that are not drawn yet how many there will be', async () => {
      const text = await hover(await openExample(SEPIA), 'source');
      assert.match(text, /\*\*160 source images\*\*, generated when a stage first needs them/);
    });
  });

  describe('of a document’s structure', () => {
    it('fold its sections', async () => {
      const document = await openExample(TRAINING);
      const ranges = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
        'vscode.executeFoldingRangeProvider',
        document.uri,
      );
      const line = (text: string) => rangeOf(document, text).start.line;
      const folded = ranges.map(({ start, end }) => [start, end].join());
      includesAll(folded, [
        [line('\nimage:') + 1, line('  testOnly:')].join(),
        [line('\ncollect:') + 1, line('  steps: 25')].join(),
      ]);
    });

    it('outline it', async () => {
      const { uri } = await openExample(SEPIA);
      const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
        'vscode.executeDocumentSymbolProvider',
        uri,
      );
      const names = (of: vscode.DocumentSymbol[]) => of.map(({ name }) => name);
      assert.deepEqual(names(symbols), ['prompt', 'tags', 'pairs']);
      assert.deepEqual(names(symbols[2]!.children), ['source', 'target']);
      assert.deepEqual(names(symbols[2]!.children[1]!.children), ['effect']);
    });

    it('format it', async () => {
      const document = await openExample(SEPIA);
      const before = document.getText();
      await replace(document, 'prompt: a sepia photo', 'prompt:    a sepia photo');
      await replace(
        document,
        '  source: ../images\n  target:\n    effect: sepia',
        '    source: ../images\n    target: \n       effect:   sepia',
      );
      const edits = await vscode.commands.executeCommand<vscode.TextEdit[]>(
        'vscode.executeFormatDocumentProvider',
        document.uri,
        { tabSize: 2, insertSpaces: true },
      );
      const edit = new vscode.WorkspaceEdit();
      edit.set(document.uri, edits);
      assert.ok(await vscode.workspace.applyEdit(edit));
      assert.equal(document.getText(), before);
    });
  });

  describe('of names', () => {
    const CONCEPT = 'prompt: host test\npairs: { source: ../images, target: { effect: sepia } }\n';
    const CONFIG =
      'extends: quickstart.training.yaml\ncollect:\n  concepts: [fog, snow, host-named]\n  holdOut: [sepia-fog]\n';
    const locations = (command: string, uri: vscode.Uri, position: vscode.Position) =>
      vscode.commands.executeCommand<vscode.Location[]>(command, uri, position);
    const places = (found: vscode.Location[]) =>
      found.map(({ uri, range }) => [basename(uri.fsPath), range.start.line, range.start.character]);

    it('lead from a training config to the concept’s file and to the config that it extends', async () => {
      const document = await openNew('host-names.training.yaml', CONFIG);
      await marked(document.uri, 'unknown-concept');
      const concept = files.write('concepts/host-named.concept.yaml', CONCEPT);
      await unmarked(document.uri, 'unknown-concept');
      const definition = async (text: string) => {
        const at = rangeOf(document, text).start;
        const [found] = await locations('vscode.executeDefinitionProvider', document.uri, at);
        return found?.uri.fsPath;
      };
      assert.equal(await definition('host-named'), concept);
      assert.equal(await definition(TRAINING), files.path(TRAINING));
    });

    it('find every place that names a concept, from any of them', async () => {
      const concept = await openNew('concepts/host-named.concept.yaml', CONCEPT);
      const config = await openNew('host-names.training.yaml', CONFIG);
      const expected = [
        ['host-named.concept.yaml', 0, 0],
        ['host-names.training.yaml', 2, 24],
      ];
      for (const [{ uri }, at] of [
        [config, rangeOf(config, 'host-named').start],
        [concept, rangeOf(concept, 'prompt').start],
      ] as const) {
        assert.deepEqual(
          places(await locations('vscode.executeReferenceProvider', uri, at)).sort(),
          expected,
        );
      }
    });

    it('rename a concept wherever it is named, its file as well', async () => {
      files.write('concepts/host-named.concept.yaml', CONCEPT);
      const config = await openNew('host-names.training.yaml', CONFIG);
      const renamed = files.path('concepts/host-renamed.concept.yaml');
      files.add(renamed);
      const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
        'vscode.executeDocumentRenameProvider',
        config.uri,
        rangeOf(config, 'host-named').start,
        'host-renamed',
      );
      assert.ok(await vscode.workspace.applyEdit(edit));
      await vscode.workspace.saveAll();
      assert.equal(readFileSync(config.uri.fsPath, 'utf8'), CONFIG.replace('host-named]', 'host-renamed]'));
      assert.ok(!existsSync(files.path('concepts/host-named.concept.yaml')));
      assert.equal(readFileSync(renamed, 'utf8'), CONCEPT);
      await until(api.services.projects.onDidChange, () =>
        workspaceProject(api).concepts.some(({ name }) => name === 'host-renamed'),
      );
    });

    it('refuse a name that another concept has', async () => {
      const document = await openExample(TRAINING);
      const at = rangeOf(document, 'sepia-fog').start;
      const rename = 'vscode.executeDocumentRenameProvider';
      await assert.rejects(
        async () => vscode.commands.executeCommand(rename, document.uri, at, 'sepia-snow'),
        /A concept named `sepia-snow` already exists/,
      );
    });
  });

  describe('mark mistakes, and fix them:', () => {
    const { Error: ERROR, Warning: WARNING } = vscode.DiagnosticSeverity;
    const MISTAKES = [
      {
        what: 'a concept that the project does not have',
        file: TRAINING,
        right: '[sepia-fog, held-out]',
        wrong: '[sepia-fgo, held-out]',
        kind: 'unknown-concept' as const,
        at: 'sepia-fgo',
        fix: 'Change to `sepia-fog`',
      },
      {
        what: 'an entry that its list has already',
        file: TRAINING,
        right: '[sepia-fog, held-out]',
        wrong: '[sepia-fog, held-out, sepia-fog]',
        kind: 'duplicate-entry' as const,
        severity: WARNING,
        at: 'sepia-fog',
        fix: 'Remove the repeated entry',
      },
      {
        what: 'a misspelt key',
        file: TRAINING,
        right: 'test: 16',
        wrong: 'tset: 16',
        kind: 'unknown-key' as const,
        at: 'tset',
        fix: 'Change to key `test`',
      },
      {
        what: 'a misspelt effect',
        file: SEPIA,
        right: 'effect: sepia',
        wrong: 'effect: sepai',
        kind: 'invalid-value' as const,
        at: 'sepai',
        fix: 'Change to `sepia`',
      },
    ];
    for (const { what, file, right, wrong, kind, severity = ERROR, at, fix } of MISTAKES) {
      it(what, async () => {
        const document = await openExample(file);
        const { uri } = document;
        const before = document.getText();
        await replace(document, right, wrong);
        const diagnostic = await marked(uri, kind);
        assert.equal(document.getText(diagnostic.range), at);
        assert.equal(diagnostic.severity, severity);
        await quickFix(uri, diagnostic, fix);
        assert.equal(document.getText(), before);
        await unmarked(uri, kind);
      });
    }

    it('a concept that the project does not have, by making it', async () => {
      const made = files.path('concepts/host-made.concept.yaml');
      files.add(made);
      const document = await openExample(TRAINING);
      await replace(document, '[sepia-fog, held-out]', '[sepia-fog, held-out, host-made]');
      const { uri } = document;
      await quickFix(uri, await marked(uri, 'unknown-concept'), 'Create the concept `host-made`');
      await vscode.workspace.openTextDocument(made).then((concept) => concept.save());
      await unmarked(uri, 'unknown-concept');
      assert.match(readFileSync(made, 'utf8'), /^prompt: host made$.*^ {2}source: \.\.\/images$/ms);
      await until(api.services.projects.onDidChange, () =>
        workspaceProject(api).concepts.some(({ name }) => name === 'host-made'),
      );
    });

    it('the path of a folder of images', async () => {
      const folder = imageFolder(['a.png', 'b.png']);
      const text = conceptOf(folder);
      const document = await openNew('concepts/host-misled.concept.yaml', text.replace('images', 'imgaes'));
      const { uri } = document;
      const missing = await marked(uri, 'missing-path');
      assert.equal(document.getText(missing.range), `../${folder.replace('images', 'imgaes')}`);
      await quickFix(uri, missing, `Change to \`../${folder}\``);
      assert.equal(document.getText(), text);
      await unmarked(uri, 'missing-path');
    });

    it('a folder of images that is not there, by making it', async () => {
      const folder = imageFolder([]);
      const { uri } = await openNew('concepts/host-bare.concept.yaml', conceptOf(folder));
      await quickFix(uri, await marked(uri, 'missing-path'), `Create the folder ../${folder}`);
      await unmarked(uri, 'missing-path');
      // What is wrong now is that it has no images.
      await marked(uri, 'no-images');
    });

    it('a key that is lacking', async () => {
      const text = conceptOf(imageFolder(['a.png', 'b.png']));
      const lacking = text.replace('prompt: host test\n', '');
      const document = await openNew('concepts/host-lacking.concept.yaml', lacking);
      await quickFix(document.uri, await marked(document.uri, 'missing-key'), 'Add `prompt`');
      await replace(document, 'prompt: ', 'prompt: host test');
      await unmarked(document.uri, 'missing-key');
      assert.equal(document.getText(), text);
    });

    it('a name that another file’s concept has, which goes when either is renamed', async () => {
      const document = await openExample('concepts/snow.concept.yaml');
      const { uri } = document;
      await replace(document, 'prompt: ', 'name: sepia\nprompt: ');
      const diagnostic = await marked(uri, 'duplicate-concept');
      assert.equal(document.getText(diagnostic.range), 'sepia');
      assert.ok(diagnostic.message.includes(files.path(SEPIA)), diagnostic.message);
      const other = await openExample(SEPIA);
      await replace(other, 'prompt: ', 'name: host-other\nprompt: ');
      await unmarked(uri, 'duplicate-concept');
    });

    it('one among a thousand concepts', async () => {
      files.add(files.path('host-thousand'));
      for (const name of ['a', 'b']) files.write(`host-thousand/images/${name}.png`, '');
      const names = Array.from({ length: 1000 }, (_, i) => `concept-${i}`);
      for (const name of names) {
        files.write(`host-thousand/concepts/${name}.concept.yaml`, conceptOf('images'));
      }
      const config = await openNew(
        'host-thousand/host.training.yaml',
        'extends: preset:fast\ncollect:\n  holdOut: [concept-500, concept-1000]\n',
      );
      const unknown = await marked(config.uri, 'unknown-concept');
      assert.equal(config.getText(unknown.range), 'concept-1000');

      const document = await openExample('host-thousand/concepts/concept-500.concept.yaml');
      const { uri } = document;
      await replace(document, 'effect: sepia', 'effect: sepai');
      const misspelt = await marked(uri, 'invalid-value');
      await quickFix(uri, misspelt, 'Change to `sepia`');
      await unmarked(uri, 'invalid-value');

      await replace(document, 'prompt: ', 'name: concept-1000\nprompt: ');
      await until(
        vscode.languages.onDidChangeDiagnostics,
        () =>
          diagnosed(config.uri, 'unknown-concept')[0]?.range.isEqual(rangeOf(config, 'concept-500')) === true,
      );
      await replace(document, 'name: concept-1000', 'name: concept-1');
      assert.equal(document.getText((await marked(uri, 'duplicate-concept')).range), 'concept-1');
    });
  });

  it('say behind a source how many images it has, and nothing in a file with mistakes', async () => {
    const folder = imageFolder(['a.png', 'b.png', 'c.png']);
    const document = await openNew('concepts/host-counted.concept.yaml', conceptOf(folder));
    const hints = async () => {
      const all = new vscode.Range(0, 0, document.lineCount, 0);
      const found = await vscode.commands.executeCommand<vscode.InlayHint[]>(
        'vscode.executeInlayHintProvider',
        document.uri,
        all,
      );
      return found.map(({ label, position }) => ({
        label: typeof label === 'string' ? label : label.map(({ value }) => value).join(''),
        position,
      }));
    };
    assert.deepEqual(await hints(), [{ label: '3 images', position: rangeOf(document, `../${folder}`).end }]);
    await replace(document, 'effect: sepia', 'effect: sepai');
    assert.deepEqual(await hints(), []);
  });

  describe('above a concept', () => {
    const lenses = (uri: vscode.Uri) =>
      vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
    const titles = async (uri: vscode.Uri) =>
      (await lenses(uri)).map(({ command }) => command?.title.replace(/\$\([^)]*\)/g, '✓').trim());

    it('offer what can be done, with a tick where it is, and statistics once there are weights', async () => {
      const { uri } = await openExample(SEPIA);
      assert.deepEqual(await titles(uri), ['Prepare', 'Denoise', 'Fine-Tune', '✓ Preview', '✓ Translate...']);
      files.write('weights/sepia/denoised.safetensors', '');
      files.add(files.path('weights/sepia'));
      const { artifacts } = api.services;
      const { folder } = workspaceProject(api);
      await until(artifacts.onDidChange, () => artifacts.of(folder).denoised.has('sepia'));
      assert.deepEqual(await titles(uri), [
        'Prepare',
        '✓ Denoise',
        'Fine-Tune',
        '✓ Preview',
        '✓ Statistics',
        '✓ Translate...',
      ]);
    });

    it('open the preview', async () => {
      const { uri } = await openExample(SEPIA);
      const { command } = (await lenses(uri)).find((lens) => lens.command?.title.endsWith('Preview'))!;
      await vscode.commands.executeCommand(command!.command, ...command!.arguments!);
      const panel = () =>
        vscode.window.tabGroups.all
          .flatMap(({ tabs }) => tabs)
          .find(
            ({ input }) =>
              input instanceof vscode.TabInputWebview && input.viewType.endsWith(PANELS.translate),
          );
      await until(vscode.window.tabGroups.onDidChangeTabs, () => panel() !== undefined);
      assert.match(panel()!.label, /sepia/);
    });
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { wordsIn } from '../shown-words.ts';

const ROOT = 'src/extension';
/**
 * What speaks English whatever the editor's language: answers to models, and the language server, which is a process
 * of its own that `vscode.l10n` does not reach.
 */
const ENGLISH = [join(ROOT, 'tools'), join(ROOT, 'language')];

/** Of the objects that the editor is given, the properties that people read. */
const SHOWN_PROPERTIES = new Set([
  'label',
  'description',
  'detail',
  'message',
  'openLabel',
  'placeHolder',
  'prompt',
  'title',
  'tooltip',
]);

/**
 * The parts of a source that people get to read.
 * @param translates whether it imports `vscode`; errors of modules that do without it are English, as the engine's are
 */
function shownParts(node: ts.Node, translates: boolean): ts.Node[] {
  if (ts.isCallExpression(node) && /(^|\.)window\.show\w+$/.test(node.expression.getText()))
    return [...node.arguments];
  if (translates && ts.isNewExpression(node) && node.expression.getText() === 'UserError')
    // After the kind of error.
    return [...(node.arguments ?? [])].slice(1);
  if (ts.isPropertyAssignment(node) && SHOWN_PROPERTIES.has(node.name.getText())) {
    const { initializer } = node;
    // A panel's title is a function.
    return [ts.isArrowFunction(initializer) ? initializer.body : initializer];
  }
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isPropertyAccessExpression(node.left) &&
    SHOWN_PROPERTIES.has(node.left.name.text)
  )
    return [node.right];
  return [];
}

/** `file:line: literal` of everything that is shown without a way to translate it. */
function untranslated(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const translates = /from 'vscode'/.test(text);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    for (const literal of shownParts(node, translates).flatMap(wordsIn)) {
      const { line } = source.getLineAndCharacterOfPosition(literal.getStart());
      found.push(`${file}:${line + 1}: ${literal.getText()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

it('every text that the extension shows can be translated', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .map((name) => join(ROOT, name))
    .filter((file) => file.endsWith('.ts') && !ENGLISH.some((folder) => file.startsWith(folder)));
  expect(files.length).toBeGreaterThan(20);
  expect(files.flatMap((file) => untranslated(file, readFileSync(file, 'utf8')))).toEqual([]);
});

it('finds what cannot be translated, and nothing else', () => {
  const text = [
    "import * as vscode from 'vscode';",
    "vscode.window.showErrorMessage(bad ? 'Out of memory' : vscode.l10n.t('Fine'));",
    "vscode.window.showQuickPick([{ label: 'runs: ' + n, description: String(n) }], { placeHolder: '$(gear)' });",
    "throw new UserError('choice-needed', 'Choose one.');",
    "item.tooltip = kind === 'zoo' ? vscode.l10n.t('Zoo') : NAMES['zoo'];",
    "const row = { label: stageTitle('collect'), command: 'denoisedWeights.collect' };",
    "const panel = { title: () => 'Prompts', key: () => 'prompts' };",
    "const other = { title: ({ concept }) => vscode.l10n.t('Comparison: {0}', concept) };",
  ];
  expect(untranslated('example.ts', text.join('\n'))).toEqual([
    "example.ts:2: 'Out of memory'",
    "example.ts:3: 'runs: '",
    "example.ts:4: 'Choose one.'",
    "example.ts:7: 'Prompts'",
  ]);
});

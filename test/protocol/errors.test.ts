import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorKind, errorOfCode, withCode } from '../../src/protocol/errors.ts';
import {
  TROUBLESHOOTING_FILE,
  troubleshootingLine,
  troubleshootingPage,
} from '../../src/protocol/troubleshooting.ts';
import { PROVOKED, provoke } from './provoked.ts';

const KINDS = Object.keys(ERRORS) as ErrorKind[];
const CODES = KINDS.map((kind) => ERRORS[kind].code);

/** Patterns of the messages that the sources can give to an error of each kind. */
function messagesInSources(): Map<string, RegExp[]> {
  const found = new Map<string, RegExp[]>();
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  for (const name of files) {
    const text = readFileSync(join('src', name), 'utf8');
    if (!/Error\(|RefusedOutput\(/.test(text)) continue;
    const visit = (node: ts.Node): void => {
      if (ts.isNewExpression(node) && /^(User|Usage)Error$|^RefusedOutput$/.test(node.expression.getText())) {
        const [kind, message] = node.arguments ?? [];
        if (kind && message && ts.isStringLiteral(kind)) {
          const patterns = found.get(kind.text) ?? [];
          found.set(kind.text, [...patterns, new RegExp(`^${patternOf(message)}$`)]);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
  }
  return found;
}

/** What an expression can evaluate to: what is not written there may be anything. */
function patternOf(node: ts.Node): string {
  const literal = (text: string) =>
    text.replace(/[.*+?^$()|[\]\\/-]|\{(?!\d\})/g, '\\$&').replace(/\{\d\}/g, '.*');
  if (ts.isStringLiteralLike(node)) return literal(node.text);
  if (ts.isTemplateExpression(node)) {
    return (
      literal(node.head.text) +
      node.templateSpans.map(({ literal: { text } }) => `.*${literal(text)}`).join('')
    );
  }
  if (ts.isBinaryExpression(node)) return patternOf(node.left) + patternOf(node.right);
  if (ts.isCallExpression(node) && /l10n\.t$/.test(node.expression.getText()))
    return patternOf(node.arguments[0]!);
  return '.*';
}

describe('the table of errors', () => {
  it('has codes that rise, so that none is given twice', () => {
    expect(CODES).toEqual([...new Set(CODES)].sort());
  });

  it('says what is wrong without a period, and why and what to do in sentences', () => {
    for (const { title, cause, remedy } of Object.values(ERRORS)) {
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      expect(`${cause} ${remedy}`).toMatch(/^[A-Z].*\.$/);
    }
  });

  it.each(Object.keys(PROVOKED) as ErrorKind[])('the example of %s is what is printed', async (kind) => {
    const { code, example } = ERRORS[kind];
    expect((await provoke(kind)).split('\n')).toContain(withCode(example, code));
  });

  const sources = messagesInSources();
  it.each(KINDS.filter((kind) => !(kind in PROVOKED)))(
    'the example of %s is a message of the sources',
    (kind) => {
      const { example } = ERRORS[kind];
      const telling = (sources.get(kind) ?? []).filter(
        ({ source }) => source.replaceAll('.*', '').length > 20,
      );
      expect(telling.filter((message) => message.test(example)).map(String), example).not.toEqual([]);
    },
  );

  it('has every kind of the sources, and none else', () => {
    // What the sources give to an error as its kind is checked by the compiler.
    const used = new Set([...sources.keys(), ...Object.keys(PROVOKED)]);
    expect(KINDS.filter((kind) => !used.has(kind))).toEqual([]);
  });
});

describe('docs/troubleshooting.md', () => {
  it('is as scripts/write-troubleshooting.mjs writes it', () => {
    expect(readFileSync(TROUBLESHOOTING_FILE, 'utf8')).toBe(troubleshootingPage());
  });

  it('has each code once as a heading, at the line that the editor opens', () => {
    const lines = troubleshootingPage().split('\n');
    for (const code of CODES) {
      expect(lines[troubleshootingLine(code)! - 1]).toBe(`### ${code}`);
      expect(lines.filter((line) => line === `### ${code}`)).toHaveLength(1);
    }
    expect(troubleshootingLine('DNW-999')).toBeUndefined();
  });
});

it('finds the kind of a code, however it is typed', () => {
  expect(errorOfCode(' dnw-101 ')?.[0]).toBe('bad-command-line');
  expect(errorOfCode('DNW-999')).toBeUndefined();
});

it('does not repeat the code of a list of problems', () => {
  expect(withCode('a [DNW-101]\nb [DNW-102]', 'DNW-101')).toBe('a [DNW-101]\nb [DNW-102]');
  expect(withCode('a', undefined)).toBe('a');
});

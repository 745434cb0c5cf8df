/// <reference types="node" />
/** The messages of the webviews as their sources have them, and a translation of all into a made-up language. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { locations } from '../../workbench/locations.ts';

const ROOT = locations.repository();

/** Text by path, relative to the repository. */
export function webviewSources(): Map<string, string> {
  const files = readdirSync(join(ROOT, 'webview'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('webview', name))
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
  return new Map(files.sort().map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
}

export function parsed(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/** `l10n.t(…)`. */
function isTranslation(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && node.expression.getText() === 'l10n.t';
}

/** Everything that the webviews ask for a translation of. A message that is put together at run time throws. */
function webviewMessages(): Set<string> {
  const messages = new Set<string>();
  for (const [file, text] of webviewSources()) {
    const visit = (node: ts.Node): void => {
      if (isTranslation(node)) {
        const [message] = node.arguments;
        if (!message || !ts.isStringLiteralLike(message))
          throw new Error(`${file}: no translator ever sees ${node.getText()}`);
        messages.add(message.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(parsed(file, text));
  }
  return messages;
}

/** Each message between marks, so that what is shown without them was not translated. */
export function markedMessages(): Record<string, string> {
  return Object.fromEntries(Array.from(webviewMessages(), (message) => [message, `«${message}»`]));
}

/** What of a text stands outside every mark. */
export function unmarked(text: string): string {
  const without = text.replaceAll(/«[^«»]*»/g, ' ');
  return without === text ? text : unmarked(without);
}

/// <reference types="node" />
/** The messages of what people see, as the sources have them, and a translation of all into a made-up language. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { locations } from '../../workbench/locations.ts';

const ROOT = locations.repository();

/** Text by path, relative to the repository. */
function sourcesIn(folder: string): Map<string, string> {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
  return new Map(files.sort().map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
}

export const webviewSources = () => sourcesIn('webview');

export function parsed(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/** `l10n.t(…)`, in the extension host also as `vscode.l10n.t(…)`. */
function isTranslation(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && /^(vscode\.)?l10n\.t$/.test(node.expression.getText());
}

/** Everything that the sources ask for a translation of. A message that is put together at run time throws. */
function messagesIn(sources: ReadonlyMap<string, string>): Set<string> {
  const messages = new Set<string>();
  for (const [file, text] of sources) {
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

export const mark = (message: string) => `«${message}»`;

const marked = (messages: ReadonlySet<string>): Record<string, string> =>
  Object.fromEntries(Array.from(messages, (message) => [message, mark(message)]));

/** Each message of the webviews between marks, so that what is shown without them was not translated. */
export const markedMessages = () => marked(messagesIn(webviewSources()));

/**
 * The same of everything, as a translator's file has it: the extension host's messages, those of the table of stages,
 * which it shows, and the webviews' messages, which it passes on.
 */
export const markedBundle = () => ({
  ...marked(messagesIn(sourcesIn('src/extension'))),
  ...marked(messagesIn(sourcesIn('src/protocol'))),
  ...markedMessages(),
});

/** What of a text stands outside every mark. */
export function unmarked(text: string): string {
  const without = text.replaceAll(/«[^«»]*»/g, ' ');
  return without === text ? text : unmarked(without);
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mark, markedBundle } from '../webview/harness/messages.ts';
import type { Profile } from '../workbench/profile.ts';

const writeJson = (file: string, value: unknown) => writeFileSync(file, JSON.stringify(value));
const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

/** A text of the manifest between marks, line by line; a line that is a button keeps its command. */
function markedText(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const [, label, command] = /^\[(.+)\]\((.+)\)$/.exec(line) ?? [];
      return label === undefined ? mark(line) : `[${mark(label)}](${command})`;
    })
    .join('\n');
}

/** Puts a translation into the extension as docs/development.md tells translators to; every text stands between marks. */
export function translate(extension: string, locale: string): void {
  const manifest = join(extension, 'package.json');
  writeJson(manifest, { ...readJson(manifest), l10n: './l10n' });
  const texts: Record<string, string> = readJson(join(extension, 'package.nls.json'));
  const translated = Object.entries(texts).map(([key, text]) => [key, markedText(text)]);
  writeJson(join(extension, `package.nls.${locale}.json`), Object.fromEntries(translated));
  mkdirSync(join(extension, 'l10n'));
  writeJson(join(extension, 'l10n', `bundle.l10n.${locale}.json`), markedBundle());
}

/**
 * Lets the workbench be in another language, with a translation of nothing in it. It refuses one that no language pack
 * has; this is what it writes down of those that are installed in it, but not of those from the command line.
 */
export function addLanguage({ userData }: Profile, locale: string): void {
  const translation = join(userData, 'workbench-translation.json');
  writeJson(translation, { contents: {} });
  writeJson(join(userData, 'languagepacks.json'), {
    [locale]: {
      hash: 'made-up',
      label: 'Made-up',
      extensions: [{ extensionIdentifier: { id: 'tests.made-up' }, version: '1.0.0' }],
      translations: { vscode: translation },
    },
  });
}

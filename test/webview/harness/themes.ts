import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { locations } from '../../workbench/locations.ts';

export const THEMES = ['dark', 'light', 'high-contrast'] as const;
export type ThemeName = (typeof THEMES)[number];

/** The variables that VS Code sets on a page in this theme, as far as the views use them. */
export function readTheme(name: ThemeName): Record<string, string> {
  const file = join(locations.repository(), 'test/webview/harness/themes', `${name}.css`);
  return Object.fromEntries(
    Array.from(
      readFileSync(file, 'utf8').matchAll(/(--vscode-[\w-]+):\s*([^;]+);/g),
      ([, variable, value]) => [variable!, value!],
    ),
  );
}

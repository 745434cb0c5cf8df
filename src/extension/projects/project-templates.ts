import { relative, sep } from 'node:path';
import { stringify } from 'yaml';
import { pairLayout } from '../../project/files/pair-source.ts';
import type { Project } from '../../project/load.ts';
import { projectPaths } from '../../project/paths.ts';

/** The source images of the project's first concept, relative to the concepts folder; `../images` if there is none. */
export function usualSource({ folder, concepts }: Pick<Project, 'folder' | 'concepts'>): string {
  const layouts = concepts.map(({ pairs }) => pairLayout(pairs));
  const source = layouts.flatMap((layout) => ('source' in layout ? [layout.source] : []))[0];
  if (source === undefined) return '../images';
  return relative(projectPaths(folder).concepts, source).split(sep).join('/');
}

/** Text of a new concept file. */
export function conceptText(concept: { prompt: string; source: string; effect: string }): string {
  const { prompt, source, effect } = concept;
  return [
    '# A description of the edit. The weight generator is conditioned on this text.',
    stringify({ prompt }).trimEnd(),
    '# Training pairs: source images, and their edited counterparts from built-in effects or a folder.',
    stringify({ pairs: { source, target: { effect } } }).trimEnd(),
    '',
  ].join('\n');
}

/** Text of a new training config. */
export function trainingText(preset: 'fast' | 'paper'): string {
  return [
    '# Keys that are not set here come from the preset. Completion (Ctrl+Space) lists all keys.',
    `extends: preset:${preset}`,
    'seed: 1',
    'collect:',
    '  # Concepts to exclude from the base and the zoo, by name or by a tag such as held-out.',
    '  holdOut: []',
    '',
  ].join('\n');
}

/** Derives a file name from a prompt: `turn it into a snowy day` becomes `turn-it-into-a-snowy-day`. */
export function nameFromPrompt(prompt: string): string {
  return prompt
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 40)
    .replace(/-+$/, '');
}

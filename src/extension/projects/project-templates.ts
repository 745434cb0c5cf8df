import { relative, sep } from 'node:path';
import { stringify } from 'yaml';
import { pairLayout } from '../../project/files/pair-source.ts';
import type { Project } from '../../project/load.ts';
import { projectPaths } from '../../project/paths.ts';

/** The source images of the project's first concept, relative to the concepts folder; `../images` without one. */
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
    '# What the edit is, in words. The weight generator is conditioned on this text.',
    stringify({ prompt }).trimEnd(),
    '# Training pairs: source images, and built-in effects or a folder with their edited counterparts.',
    stringify({ pairs: { source, target: { effect } } }).trimEnd(),
    '',
  ].join('\n');
}

/** Text of a new training config. */
export function trainingText(preset: 'fast' | 'paper'): string {
  return [
    '# Every key that is not given here comes from the preset; completion (Ctrl+Space) lists them all.',
    `extends: preset:${preset}`,
    'seed: 1',
    'collect:',
    '  # Concepts that neither the base nor the zoo may see, by name or by a tag such as held-out.',
    '  holdOut: []',
    '',
  ].join('\n');
}

/** A file name for a prompt: `turn it into a snowy day` becomes `turn-it-into-a-snowy-day`. */
export function nameFromPrompt(prompt: string): string {
  return prompt
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 40)
    .replace(/-+$/, '');
}

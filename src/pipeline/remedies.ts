import type { Stage } from '../protocol/stages.ts';

/** What remedies send people to, as the titles of the editor's commands have it (package.nls.json). */
export const EDITOR_TITLES = {
  trainBase: 'Train Base Generator',
  collectZoo: 'Collect Zoo',
  collectMember: 'Collect Zoo Member',
  trainWeightGenerator: 'Train Weight Generator',
  denoiseWeights: 'Denoise Weights',
} as const;

/** How one does something in the editor and in a terminal: people read the same message in both. */
export function wayTo(command: keyof typeof EDITOR_TITLES, training: string, concept?: string): string {
  const options = `--training ${training}${concept === undefined ? '' : ` --concept ${concept}`}`;
  return `"${EDITOR_TITLES[command]}" in the editor, or dnw ${STAGES[command]} ${options}`;
}

const STAGES: Record<keyof typeof EDITOR_TITLES, Stage> = {
  trainBase: 'train-base',
  collectZoo: 'collect',
  collectMember: 'collect',
  trainWeightGenerator: 'train-generator',
  denoiseWeights: 'denoise',
};

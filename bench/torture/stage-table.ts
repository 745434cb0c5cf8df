import type { Stage } from '../../src/protocol/stages.ts';

/** Stands for the project's folder in options. */
export const PROJECT = '<project>';

/** One stage as the campaigns run it. */
export interface TorturedStage {
  readonly stage: Stage;
  /** Options of its command, besides the project's folder. */
  readonly options: readonly string[];
  /** Folders of the project whose files have to be those of an uninterrupted run, byte for byte. */
  readonly makes: readonly string[];
}

/** The concept for which weights are denoised. */
export const HELD_OUT = 'dusk';

const training = ['--training', 'tiny'];
const concept = [...training, '--concept', HELD_OUT];
/** LoRA with trained down factors, as the search for ranks needs it. */
const ranks = ['--training', 'ranks'];

const PICTURES = ['--input', `${PROJECT}/images`, '--output', `${PROJECT}/translated/${HELD_OUT}`];

/**
 * What is tortured. Each chain begins with an untrained project and names a stage at most once. A new stage, or a new way to
 * run one, is one entry.
 */
export const CHAINS: readonly (readonly TorturedStage[])[] = [
  [
    // Prepared pairs are a cache; the base shows what is in them.
    { stage: 'prepare', options: training, makes: [] },
    { stage: 'train-base', options: training, makes: ['base'] },
    { stage: 'collect', options: training, makes: ['zoo'] },
    { stage: 'train-generator', options: training, makes: ['weight-generators'] },
    { stage: 'denoise', options: concept, makes: ['weights'] },
    { stage: 'fine-tune', options: concept, makes: ['weights'] },
    { stage: 'translate', options: [...concept, ...PICTURES], makes: ['translated'] },
    { stage: 'evaluate', options: concept, makes: ['weights', 'zoo'] },
  ],
  [
    { stage: 'train-base', options: ranks, makes: ['base'] },
    { stage: 'search-ranks', options: [...ranks, '--steps', '4'], makes: ['base'] },
  ],
  [
    {
      stage: 'quickstart',
      options: training,
      makes: ['base', 'zoo', 'weight-generators', 'weights', 'translated'],
    },
  ],
];

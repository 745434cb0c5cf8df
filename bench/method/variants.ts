/** The weight generators that are compared, each as a set of keys that override the benchmark's config. */
import type { OtherZoo, Variant } from './work.ts';

/** Principal components of the joint latent. */
const COMPONENTS = 32;

/**
 * Without a ridge head the network must learn everything by itself: folding more weights into fewer positions makes its
 * steps cheap, so there are more of them.
 */
const NETWORK = { head: 'none', patch: 32, steps: 4000, batchSize: 64 };

/** Variants that can draw different weights for the same prompt. */
export const DRAWING = { joint: 'joint', blocks: 'blocks' } as const;

/** Variants trained for every seed: the benchmark's own, the control without diffusion, and the two that can draw. */
export const variantsFor = (zooConcepts: number): readonly Variant[] => [
  { name: '', keys: {} },
  // Its input is always pure noise, gated to zero: the same network fitted as a function of prompt and index.
  { name: 'deterministic', keys: { lastTimestepShare: 1, gateInput: true } },
  // Blocks that are drawn one by one.
  { name: DRAWING.blocks, keys: { ...NETWORK, lastTimestepShare: 0.1 } },
  // One latent for the whole vector.
  {
    name: DRAWING.joint,
    keys: {
      latent: Math.min(COMPONENTS, zooConcepts - 1),
      gateInput: false,
      lastTimestepShare: 0.1,
      head: 'none',
    },
  },
];

export interface Ablation {
  readonly title: string;
  readonly variants: readonly {
    readonly label: string;
    readonly variant: Variant;
    /** Absent: the benchmark's zoo. */
    readonly zoo?: OtherZoo;
  }[];
  /** The variant to compare with, and its label in this ablation. */
  readonly reference: { readonly name: string; readonly label: string };
}

/** Name of the variant whose network learns without a ridge head. */
export const ALONE = 'network';
const alone = (label: string) => ({ name: ALONE, label });

/** Variants trained for the first seed only, measured by the quality of their starts. */
export const ABLATIONS: readonly Ablation[] = [
  {
    title: 'Ridge head',
    variants: [{ label: 'off', variant: { name: ALONE, keys: NETWORK } }],
    reference: { name: '', label: 'on' },
  },
  {
    title: 'LoRA rank, with a base and a zoo of its own',
    variants: [4, 32].map((rank) => ({
      label: String(rank),
      variant: { name: '', keys: {} },
      zoo: { name: `rank-${rank}`, sections: { lora: { rank } } },
    })),
    reference: { name: '', label: '16' },
  },
  {
    title: 'Zoo concepts, without the ridge head',
    variants: [10, 20, 40].map((zoo) => ({
      label: String(zoo),
      variant: { name: `${ALONE}-zoo-${zoo}`, keys: NETWORK, zoo },
    })),
    reference: alone('all'),
  },
  {
    title: 'Checkpoints per concept, without the ridge head',
    variants: [2, 4].map((checkpoints) => ({
      label: String(checkpoints),
      variant: { name: ALONE, keys: NETWORK },
      zoo: { name: `checkpoints-${checkpoints}`, sections: { collect: { checkpoints } } },
    })),
    reference: alone('1'),
  },
  {
    title: 'Block size, without the ridge head',
    variants: [128, 512, 1024].map((blockSize) => ({
      label: String(blockSize),
      variant: { name: `${ALONE}-block-${blockSize}`, keys: { ...NETWORK, blockSize } },
    })),
    reference: alone('256'),
  },
  {
    title: 'Block index, without the ridge head',
    variants: [
      { label: 'off', variant: { name: `${ALONE}-no-index`, keys: { ...NETWORK, blockIndex: false } } },
    ],
    reference: alone('on'),
  },
  {
    title: 'Grouping of the blocks, without the ridge head',
    variants: (['across-layers', 'interleaved'] as const).map((grouping) => ({
      label: grouping,
      variant: { name: `${ALONE}-${grouping}`, keys: { ...NETWORK, grouping } },
    })),
    reference: alone('within-layer'),
  },
];

/** The weight generators that are compared: each is a set of keys over those of the benchmark's config. */
import type { OtherZoo, Variant } from './work.ts';

/** Principal components of the joint latent. */
const COMPONENTS = 32;

/**
 * Without a ridge head the network has all to learn by itself: more weights folded into each of fewer places make its
 * steps cheap, and there are more of them.
 */
const NETWORK = { head: 'none', patch: 32, steps: 4000, batchSize: 64 };

/** Variants that can draw. */
export const DRAWING = { joint: 'joint', blocks: 'blocks' } as const;

/** Trained for every seed: the benchmark's own, the control without diffusion, and the two that can draw. */
export const variantsFor = (zooConcepts: number): readonly Variant[] => [
  { name: '', keys: {} },
  // Sees pure noise only, and of it, gated, nothing: the same network fitted as a function of prompt and index.
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
    /** Absent: the benchmark's. */
    readonly zoo?: OtherZoo;
  }[];
  /** What the variants are compared with: a variant by name, and what it is in this ablation. */
  readonly reference: { readonly name: string; readonly label: string };
}

/** What the network does by itself. */
export const ALONE = 'network';
const alone = (label: string) => ({ name: ALONE, label });

/** Trained for the first seed only; measured by the quality of the starts. */
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

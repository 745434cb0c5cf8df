/** The weight generators that are compared: each is a set of keys over those of the benchmark's config. */
import type { Variant } from './work.ts';

/** Principal components of the joint latent. */
const COMPONENTS = 32;

/** Trained for every seed: the benchmark's own, the control without diffusion, and the two that can draw. */
export const variantsFor = (zooConcepts: number): readonly Variant[] => [
  { name: '', keys: {} },
  // Sees pure noise only, and of it, gated, nothing: the same network fitted as a function of prompt and index.
  { name: 'deterministic', keys: { lastTimestepShare: 1, gateInput: true } },
  // Blocks that are drawn one by one.
  { name: 'sampling', keys: { lastTimestepShare: 0.1, head: 'none' } },
  // One latent for the whole vector.
  {
    name: 'joint',
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
  readonly variants: readonly (Variant & { readonly label: string })[];
  /** What the variants are compared with: a variant by name, and what it is in this ablation. */
  readonly reference: { readonly name: string; readonly label: string };
}

/** The generator of the tables without its ridge head: what the network does by itself. */
const plain = (label: string) => ({ name: 'plain', label });

/** Trained for the first seed only; measured by the quality of the starts. */
export const ABLATIONS: readonly Ablation[] = [
  {
    title: 'Ridge head',
    variants: [{ ...plain('off'), keys: { head: 'none' } }],
    reference: { name: '', label: 'on' },
  },
  {
    title: 'Zoo concepts, without the ridge head',
    variants: [10, 20, 40].map((zoo) => ({
      name: `plain-zoo-${zoo}`,
      label: String(zoo),
      keys: { head: 'none' },
      zoo,
    })),
    reference: plain('all'),
  },
  {
    title: 'Block size, without the ridge head',
    variants: [128, 512, 1024].map((blockSize) => ({
      name: `block-${blockSize}`,
      label: String(blockSize),
      keys: { blockSize, head: 'none' },
    })),
    reference: plain('256'),
  },
  {
    title: 'Block index, without the ridge head',
    variants: [{ name: 'no-index', label: 'off', keys: { blockIndex: false, head: 'none' } }],
    reference: plain('on'),
  },
  {
    title: 'Grouping of the blocks, without the ridge head',
    variants: (['across-layers', 'interleaved'] as const).map((grouping) => ({
      name: grouping,
      label: grouping,
      keys: { grouping, head: 'none' },
    })),
    reference: plain('within-layer'),
  },
];

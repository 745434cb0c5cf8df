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
}

/** Trained for the first seed only; measured by the quality of the starts. */
export const ABLATIONS: readonly Ablation[] = [
  {
    title: 'Zoo concepts',
    variants: [10, 20, 40].map((zoo) => ({ name: `zoo-${zoo}`, label: String(zoo), keys: {}, zoo })),
  },
  {
    title: 'Zoo concepts, without the ridge head',
    variants: [10, 20, 40].map((zoo) => ({
      name: `plain-zoo-${zoo}`,
      label: String(zoo),
      keys: { head: 'none' },
      zoo,
    })),
  },
  {
    title: 'Block size, without the ridge head',
    variants: [128, 256, 512, 1024].map((blockSize) => ({
      name: `block-${blockSize}`,
      label: String(blockSize),
      keys: { blockSize, head: 'none' },
    })),
  },
  {
    title: 'Block index',
    variants: [
      { name: 'no-index', label: 'off, without the ridge head', keys: { blockIndex: false, head: 'none' } },
    ],
  },
  {
    title: 'Ridge head',
    variants: [{ name: 'plain', label: 'off', keys: { head: 'none' } }],
  },
  {
    title: 'Grouping of the blocks, without the ridge head',
    variants: (['across-layers', 'interleaved'] as const).map((grouping) => ({
      name: grouping,
      label: grouping,
      keys: { grouping, head: 'none' },
    })),
  },
];

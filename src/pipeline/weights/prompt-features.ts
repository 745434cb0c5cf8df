import type { PromptEncoder, PromptEncoderKind } from '../../data/prompt-encoder.ts';

/**
 * Prompts as the numbers that condition a base: their features minus the mean over the prompts for which the encoder
 * was made. The mean prompt is the zero vector.
 */
export interface PromptFeatures {
  readonly encoder: PromptEncoder;
  /** Mean of the features: [features]. */
  readonly mean: Float32Array;
}

export async function promptFeatures(
  kind: PromptEncoderKind,
  prompts: readonly string[],
): Promise<PromptFeatures> {
  const encoder = await kind.fit(prompts);
  const rows = await encoder.features(prompts);
  const mean = new Float32Array(rows[0]?.length ?? 0);
  for (const row of rows) {
    for (const [i, value] of row.entries()) mean[i]! += value / prompts.length;
  }
  return { encoder, mean };
}

export async function featuresOf(
  { encoder, mean }: PromptFeatures,
  prompts: readonly string[],
): Promise<Float32Array[]> {
  const rows = await encoder.features(prompts);
  return rows.map((row) => row.map((value, i) => value - mean[i]!));
}

/** Features as unit vectors, zero for a prompt without features: prompts are nearer the more they have in common. */
export async function promptDirections(
  encoder: PromptEncoder,
  prompts: readonly string[],
): Promise<Float32Array[]> {
  const rows = await encoder.features(prompts);
  return rows.map((row) => {
    const length = Math.hypot(...row) || 1;
    return row.map((value) => value / length);
  });
}

/** Index of the nearest prompt by the cosine of the features; the first one if several are equally near. */
export async function nearestPrompt(
  kind: PromptEncoderKind,
  prompts: readonly string[],
  prompt: string,
): Promise<number> {
  const encoder = await kind.fit(prompts);
  const [direction, ...others] = await promptDirections(encoder, [prompt, ...prompts]);
  let best = { index: 0, cosine: Number.NEGATIVE_INFINITY };
  for (const [index, other] of others.entries()) {
    const cosine = direction!.reduce((sum, value, i) => sum + value * other[i]!, 0);
    if (cosine > best.cosine) best = { index, cosine };
  }
  return best.index;
}

/** Finds the two factors of each low-rank update by the names that LoRA trainers give them. */

/**
 * Order of a factor's axes. PyTorch has outputs first: down [r, in...], up [out, r...]. This project, Keras and MLX
 * have inputs first: down [in..., r], up [..., r, out].
 */
type AxisOrder = 'outputs-first' | 'inputs-first';

export interface LoraPair {
  /** Common prefix of both names. */
  readonly layer: string;
  readonly down: string;
  readonly up: string;
  /** Name of the scalar that scales the product, if the file has one. */
  readonly alpha: string | undefined;
  readonly rank: number;
  /** Position of the rank among the axes of each factor's shape. */
  readonly downAxis: number;
  readonly upAxis: number;
  /** Whether a third factor lies between the two (kohya's lora_mid): their product alone is then not the update. */
  readonly hasMiddle: boolean;
}

/** Names by the word for the down factor: PEFT, PEFT's embeddings, kohya's scripts, Diffusers (old and new), MLX. */
const WORDS: Readonly<Record<string, { up: string; order?: AxisOrder }>> = {
  lora_A: { up: 'lora_B' },
  lora_embedding_A: { up: 'lora_embedding_B' },
  lora_down: { up: 'lora_up' },
  'lora_linear_layer.down': { up: 'lora_linear_layer.up' },
  'lora.down': { up: 'lora.up' },
  lora_a: { up: 'lora_b', order: 'inputs-first' },
};
const DOWN = new RegExp(
  `^(.*?)(?:^|[._])(${Object.keys(WORDS).join('|').replaceAll('.', '\\.')})((?:\\..*)?)$`,
);

/** The pairs of a file, in the order of their down factors; factors that do not match are left out. */
export function findLoraPairs(
  tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): LoraPair[] {
  const pairs: LoraPair[] = [];
  for (const [down, { shape: downShape }] of tensors) {
    const [, layer, word, rest] = DOWN.exec(down) ?? [];
    if (layer === undefined || word === undefined || rest === undefined) continue;
    const { up: upWord, order } = WORDS[word]!;
    const up = `${down.slice(0, down.length - rest.length - word.length)}${upWord}${rest}`;
    const upShape = tensors.get(up)?.shape;
    if (upShape === undefined) continue;
    // Names in Diffusers end with `.weight`, names in this project with the word itself.
    const axes = rankAxes(
      downShape,
      upShape,
      order ?? (word === 'lora.down' && rest === '' ? 'inputs-first' : 'outputs-first'),
    );
    if (axes === undefined) continue;
    const alpha = `${layer}.alpha`;
    pairs.push({
      layer,
      down,
      up,
      alpha: tensors.get(alpha)?.shape.every((side) => side === 1) ? alpha : undefined,
      ...axes,
      hasMiddle: tensors.has(`${layer}.lora_mid${rest}`),
    });
  }
  return pairs;
}

function rankAxes(
  down: readonly number[],
  up: readonly number[],
  order: AxisOrder,
): Pick<LoraPair, 'rank' | 'downAxis' | 'upAxis'> | undefined {
  if (down.length < 2 || up.length < 2) return undefined;
  if (order === 'outputs-first') {
    return down[0] === up[1] ? { rank: up[1]!, downAxis: 0, upAxis: 1 } : undefined;
  }
  const upAxis = up.length - 2;
  const rank = up[upAxis]!;
  // A transposed convolution's down factor is [height, width, r, in].
  const downAxis = [down.length - 1, down.length - 2].find((axis) => down[axis] === rank);
  return downAxis === undefined ? undefined : { rank, downAxis, upAxis };
}

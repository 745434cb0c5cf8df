import type { LayerStatistics, WeightStatistics, WeightSummary } from '../../protocol/statistics.ts';

/** Maximum number of layers listed. */
const MAX_LAYERS = 80;
/** Maximum number of zoo concepts named. */
const MAX_NEAREST = 5;

/**
 * Statistics of LoRA weights compared with the zoo's, for a model.
 * @param layers the layers to list, in network order
 */
export function statisticsText(statistics: WeightStatistics, layers: readonly LayerStatistics[]): string {
  const { concept, training, weights, zooMembers, summary, nearest } = statistics;
  const chosen = mostDifferent(layers, zooMembers);
  const left = layers.length - chosen.length;
  return [
    `LoRA weights of ${concept}: ${weights.kind}, ${weights.file}; training config ${training}; compared with a zoo of ${zooMembers} members.`,
    '"norm" is the Euclidean norm; "zoo norm" is the root mean square of the members\' norms; "std" is over all weights of a layer (for the zoo, over all members); "not finite" counts NaN and infinite weights, which the other columns exclude.',
    '',
    '| layer | shape | rank | norm | zoo norm | norm / zoo | std | zoo std | not finite |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    row('(all layers)', '', '', summary, zooMembers),
    ...chosen.map((layer) => row(layer.name, layer.shape.join('x'), String(layer.rank), layer, zooMembers)),
    ...(left > 0 ? [`(${left} layers closest to the zoo omitted: specify \`layer\` to see them)`] : []),
    '',
    `Nearest zoo concepts (distance of standardized weights per weight): ${nearestText(nearest)}`,
  ].join('\n');
}

type Pair = { readonly weights: WeightSummary; readonly zoo: WeightSummary };

function row(name: string, shape: string, rank: string, pair: Pair, members: number): string {
  const { weights, zoo } = pair;
  const cells = [
    name,
    shape,
    rank,
    number(weights.norm),
    number(memberNorm(zoo, members)),
    number(normRatio(pair, members)),
    number(weights.std),
    number(zoo.std),
    String(weights.notFinite),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Root mean square over the members: the zoo's squared norm is the sum of theirs. */
const memberNorm = (zoo: WeightSummary, members: number) => zoo.norm / Math.sqrt(members);

const normRatio = ({ weights, zoo }: Pair, members: number) => weights.norm / memberNorm(zoo, members);

/** Layers with weights that are not finite, then those whose norms differ most from the zoo's; in the given order. */
function mostDifferent(layers: readonly LayerStatistics[], members: number): LayerStatistics[] {
  if (layers.length <= MAX_LAYERS) return [...layers];
  const difference = (layer: LayerStatistics) => {
    const ratio = Math.abs(Math.log(normRatio(layer, members)));
    return layer.weights.notFinite > 0 || Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
  };
  const ranked = layers.map((layer) => ({ layer, by: difference(layer) }));
  ranked.sort((a, b) => (a.by === b.by ? 0 : b.by - a.by));
  const chosen = new Set(ranked.slice(0, MAX_LAYERS).map(({ layer }) => layer));
  return layers.filter((layer) => chosen.has(layer));
}

function nearestText(nearest: WeightStatistics['nearest']): string {
  if (nearest.length === 0) return 'none';
  return nearest
    .slice(0, MAX_NEAREST)
    .map(
      ({ concept, distance, cosine }) =>
        `${concept} (distance ${number(distance)}, cosine ${number(cosine)})`,
    )
    .join(', ');
}

const number = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '-');

import {
  type BlockHistogramRequest,
  type DenoisingTrajectory,
  type DrawOptions,
  type HistogramPair,
  type LayerStatistics,
  type MapPoint,
  type NearestConcept,
  type StatisticsRequest,
  type TrajectoryPoint,
  type TrajectoryRequest,
  WEIGHTS_KINDS,
  type WeightStatistics,
  type WeightSummary,
  type ZooMapPoints,
} from '../statistics.ts';
import {
  type ConceptChoices,
  type ConceptTarget,
  conceptTarget,
  readyChoices,
  weightsChoice,
} from './choices.ts';
import { connected, type PendingState, viewState } from './common.ts';
import {
  bins,
  exactly,
  having,
  list,
  maybe,
  nothing,
  notificationType,
  number,
  numbers,
  oneOf,
  requestType,
  type Schema,
  text,
  whole,
} from './schema.ts';

/** The contract of the Weights view: statistics of a concept's weights and the steps that denoised them. */

export type WeightsTarget = ConceptTarget;

export type WeightsViewState = PendingState | ({ kind: 'ready' } & ConceptChoices);

const state = viewState(readyChoices);

const summary = having<WeightSummary>({
  count: number,
  notFinite: number,
  mean: number,
  std: number,
  min: number,
  max: number,
  norm: number,
});
const histogram = having<HistogramPair>({ edges: numbers, weights: numbers, zoo: numbers });
const draw = { seed: whole(0), steps: whole(1) };
const zooMap = having<ZooMapPoints>({
  points: list(having<MapPoint>({ concept: text, x: number, y: number, kind: oneOf(WEIGHTS_KINDS) })),
  explained: numbers as unknown as Schema<[number, number]>,
});

const statistics = having<WeightStatistics>({
  training: text,
  concept: text,
  weights: weightsChoice,
  draw: maybe(having<DrawOptions>({ seed: number, steps: number })),
  zooMembers: number,
  summary: having<WeightStatistics['summary']>({ weights: summary, zoo: summary }),
  histogram,
  layers: list(
    having<LayerStatistics>({
      name: text,
      shape: numbers,
      rank: number,
      weights: summary,
      zoo: summary,
      histogram,
    }),
  ),
  blocks: having<WeightStatistics['blocks']>({
    size: number,
    layer: list(text),
    rms: numbers,
    zooMean: numbers,
    zooStd: numbers,
  }),
  map: zooMap,
  nearest: list(having<NearestConcept>({ concept: text, prompt: text, distance: number, cosine: number })),
});

const trajectory = having<DenoisingTrajectory>({
  training: text,
  concept: text,
  seed: number,
  steps: number,
  seconds: number,
  device: text,
  edges: numbers,
  zoo: numbers,
  map: zooMap,
  points: list(
    having<TrajectoryPoint>({
      timestep: number,
      summary,
      density: numbers,
      distance: number,
      x: number,
      y: number,
    }),
  ),
});

const asked = { training: text, concept: text, weights: text, bins };

export const weightsView = {
  connect: requestType(
    'weights/connect',
    nothing,
    connected<WeightsTarget, WeightsViewState>(conceptTarget, state),
  ),
  stateChanged: notificationType<WeightsViewState>('weights/state', state),
  statistics: requestType('weights/statistics', exactly<StatisticsRequest>(asked), statistics),
  blockHistogram: requestType(
    'weights/block',
    exactly<BlockHistogramRequest>({ ...asked, block: whole(0) }),
    histogram,
  ),
  trajectory: requestType(
    'weights/trajectory',
    exactly<TrajectoryRequest>({ training: text, concept: text, bins, ...draw }),
    trajectory,
  ),
  /** Opens the run of this id. */
  openRun: requestType('weights/openRun', text, nothing),
};

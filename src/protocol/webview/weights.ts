import type { NotificationType, RequestType } from 'vscode-messenger-common';
import type {
  BlockHistogramRequest,
  DenoisingTrajectory,
  HistogramPair,
  StatisticsRequest,
  TrajectoryRequest,
  WeightStatistics,
} from '../statistics.ts';
import type { ConceptChoices, ConceptTarget } from './choices.ts';
import type { Connected, PendingState } from './common.ts';

/** The contract of the Weights view: statistics of a concept's weights and the steps that denoised them. */

export type WeightsTarget = ConceptTarget;

export type WeightsViewState = PendingState | ({ kind: 'ready' } & ConceptChoices);

export const weightsView = {
  connect: { method: 'weights/connect' } as RequestType<void, Connected<WeightsTarget, WeightsViewState>>,
  stateChanged: { method: 'weights/state' } as NotificationType<WeightsViewState>,
  statistics: { method: 'weights/statistics' } as RequestType<StatisticsRequest, WeightStatistics>,
  blockHistogram: { method: 'weights/block' } as RequestType<BlockHistogramRequest, HistogramPair>,
  trajectory: { method: 'weights/trajectory' } as RequestType<TrajectoryRequest, DenoisingTrajectory>,
  /** Opens the run of this id. */
  openRun: { method: 'weights/openRun' } as RequestType<string, void>,
};

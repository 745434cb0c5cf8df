/** Statistics of one set of LoRA weights and of the zoo, which the engine computes and the Weights view draws. */

export const WEIGHTS_KINDS = ['base', 'zoo', 'denoised', 'fine-tuned', 'checkpoint'] as const;
export type WeightsKind = (typeof WEIGHTS_KINDS)[number];

/** Weights that exist on disk for one concept. */
export interface WeightsChoice {
  kind: WeightsKind;
  /** Label in a list: "denoised", "fine-tuned", "fine-tuning, running". */
  label: string;
  /** Path relative to the project folder, with forward slashes. Together with `modified` it identifies the content. */
  file: string;
  /** Modification time in milliseconds since the Unix epoch; changes whenever a run replaces the file. */
  modified: number;
}

/** Number of bars of every histogram in the Weights view; a histogram of few weights has fewer. */
export const HISTOGRAM_BARS = 96;
/** Bounds for the number of bars of any histogram. */
export const BARS = { least: 4, most: 512 } as const;

export interface StatisticsRequest {
  /** Name of the training config with whose base and zoo to compare. */
  training: string;
  concept: string;
  /** `file` of the weights choice. */
  weights: string;
  /** Number of bars of a histogram of many weights, 4 to 512; a histogram of few weights has fewer. */
  bins: number;
}

/** Moments of the finite weights of a set. */
export interface WeightSummary {
  count: number;
  /** Number of weights that are NaN or infinite; all other statistics leave them out. */
  notFinite: number;
  mean: number;
  /** Population standard deviation. */
  std: number;
  min: number;
  max: number;
  /** Euclidean norm. */
  norm: number;
}

/** Two sets over the same bars, as densities: each has area 1, so sets of different sizes are comparable. */
export interface HistogramPair {
  /** Borders of the bars, ascending, one more than bars. */
  edges: number[];
  weights: number[];
  zoo: number[];
}

export interface LayerStatistics {
  name: string;
  shape: number[];
  rank: number;
  weights: WeightSummary;
  /** Moments over all zoo members together. */
  zoo: WeightSummary;
  histogram: HistogramPair;
}

/** One point of the zoo's map: the first two principal components of the standardized weight vectors. */
export interface MapPoint {
  concept: string;
  x: number;
  y: number;
  kind: WeightsKind;
}

export interface NearestConcept {
  concept: string;
  prompt: string;
  /** Euclidean distance between the standardized weight vectors, divided by the square root of their length. */
  distance: number;
  cosine: number;
}

export interface BlockHistogramRequest extends StatisticsRequest {
  /** Index of the block, from 0. */
  block: number;
}

/** The settings with which denoised weights were drawn. */
export interface DrawOptions {
  /** Seed of the noise from which denoising starts. */
  seed: number;
  /** Number of denoising steps. */
  steps: number;
}

export interface TrajectoryRequest extends DrawOptions {
  /** Name of the training config whose weight generator denoises. */
  training: string;
  concept: string;
  /** Number of bars of the histograms, 4 to 512. */
  bins: number;
}

/** A state x_t between noise and weights, decoded like the weights. */
export interface TrajectoryPoint {
  /** t / T: 1 for the noise, 0 for the weights. */
  timestep: number;
  summary: WeightSummary;
  /** Densities over the trajectory's bars. */
  density: number[];
  /** Distance between the standardized vector and the last one, divided by the square root of their length. */
  distance: number;
  /** Coordinates on the zoo's map. */
  x: number;
  y: number;
}

/** Every state of one draw. */
export interface DenoisingTrajectory extends DrawOptions {
  training: string;
  concept: string;
  /** Time of the draw alone, in seconds. */
  seconds: number;
  device: string;
  /** Edges of the bars, ascending, one more than bars; the same for every state. */
  edges: number[];
  /** Densities of the zoo. */
  zoo: number[];
  /** Map of the zoo's members only. */
  map: ZooMapPoints;
  /** States of the draw, one more than steps: the noise first, the weights last. */
  points: TrajectoryPoint[];
}

export interface ZooMapPoints {
  points: MapPoint[];
  /** Share of the zoo's variance along each axis, 0 to 1. */
  explained: [number, number];
}

export interface WeightStatistics {
  training: string;
  concept: string;
  weights: WeightsChoice;
  /** Set only for denoised weights. */
  draw?: DrawOptions;
  zooMembers: number;
  summary: { weights: WeightSummary; zoo: WeightSummary };
  histogram: HistogramPair;
  layers: LayerStatistics[];
  blocks: {
    /** Weights per block. */
    size: number;
    /** Layer of each block. */
    layer: string[];
    /** Root mean square of each block's finite weights. */
    rms: number[];
    /** Mean and standard deviation over the zoo of each block's root mean square. */
    zooMean: number[];
    zooStd: number[];
  };
  map: ZooMapPoints;
  /** Empty if some weights are not finite, since such weights have no distances and no place on the map. */
  nearest: NearestConcept[];
}

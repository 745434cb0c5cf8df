/** Statistics of one set of LoRA weights beside the zoo's: what the engine computes and the Weights view draws. */

export const WEIGHTS_KINDS = ['base', 'zoo', 'denoised', 'fine-tuned', 'checkpoint'] as const;
export type WeightsKind = (typeof WEIGHTS_KINDS)[number];

/** Weights that exist on disk for one concept. */
export interface WeightsChoice {
  kind: WeightsKind;
  /** For a list: "denoised", "fine-tuned", "fine-tuning, running". */
  label: string;
  /** Relative to the project folder, with forward slashes. With `modified` it tells one content from the next. */
  file: string;
  /** Milliseconds since the Unix epoch: changes whenever a run replaces the file. */
  modified: number;
}

export interface StatisticsRequest {
  /** Name of the training config, whose base and zoo to compare with. */
  training: string;
  concept: string;
  /** `file` of the weights choice. */
  weights: string;
  /** Bars of a histogram of many weights, 4 to 512; one of few weights has fewer. */
  bins: number;
}

/** Moments of the finite weights of a set. */
export interface WeightSummary {
  count: number;
  /** Weights that are NaN or infinite; nothing else here, and nothing below, knows of them. */
  notFinite: number;
  mean: number;
  /** Population standard deviation. */
  std: number;
  min: number;
  max: number;
  /** Euclidean norm. */
  norm: number;
}

/** Two sets over the same bars, as densities (the area of each is 1, so unequal counts compare). */
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
  /** Over every zoo member together. */
  zoo: WeightSummary;
  histogram: HistogramPair;
}

/** One point of the zoo's map: the two first principal components of the standardised weight vectors. */
export interface MapPoint {
  concept: string;
  x: number;
  y: number;
  kind: WeightsKind;
}

export interface NearestConcept {
  concept: string;
  prompt: string;
  /** Euclidean distance of the standardised weight vectors, divided by the square root of their length. */
  distance: number;
  cosine: number;
}

/** One step of denoising, from noise (timestep 1) to weights (timestep 0). */
export interface TrajectoryPoint {
  timestep: number;
  norm: number;
  /** Distance to the final weights, divided by the square root of their length. */
  distance: number;
}

export interface WeightStatistics {
  training: string;
  concept: string;
  weights: WeightsChoice;
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
    /** Mean and standard deviation over the zoo of the same. */
    zooMean: number[];
    zooStd: number[];
  };
  map: {
    points: MapPoint[] /** Share of the zoo's variance along each axis, 0 to 1. */;
    explained: [number, number];
  };
  /** Empty where some weights are not finite: they are near nothing, and have no place on the map. */
  nearest: NearestConcept[];
  /** Absent where the weights were not denoised, or their steps were not kept. */
  trajectory?: TrajectoryPoint[];
}

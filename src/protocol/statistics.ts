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

/** Bars of every histogram of the Weights view, of which one of few weights has fewer. */
export const HISTOGRAM_BARS = 96;

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

/** One point of the zoo's map: the two first principal components of the standardized weight vectors. */
export interface MapPoint {
  concept: string;
  x: number;
  y: number;
  kind: WeightsKind;
}

export interface NearestConcept {
  concept: string;
  prompt: string;
  /** Euclidean distance of the standardized weight vectors, divided by the square root of their length. */
  distance: number;
  cosine: number;
}

export interface BlockHistogramRequest extends StatisticsRequest {
  /** Index of the block, from 0. */
  block: number;
}

/** What denoised weights were drawn with. */
export interface DrawOptions {
  /** Of the noise that denoising starts from. */
  seed: number;
  /** Denoising steps. */
  steps: number;
}

export interface TrajectoryRequest extends DrawOptions {
  /** Name of the training config, whose weight generator denoises. */
  training: string;
  concept: string;
  /** Bars of the histograms, 4 to 512. */
  bins: number;
}

/** x_t on its way from noise to weights, decoded as the weights are. */
export interface TrajectoryPoint {
  /** t / T: 1 is noise, 0 the weights. */
  timestep: number;
  summary: WeightSummary;
  /** Densities over the trajectory's bars. */
  density: number[];
  /** Distance of the standardized vectors to the last one's, divided by the square root of their length. */
  distance: number;
  /** Place on the zoo's map. */
  x: number;
  y: number;
}

/** Every state of one draw. */
export interface DenoisingTrajectory extends DrawOptions {
  training: string;
  concept: string;
  /** Time of the draw alone. */
  seconds: number;
  device: string;
  /** Borders of the bars, ascending, one more than bars; the same for every state. */
  edges: number[];
  /** Densities of the zoo. */
  zoo: number[];
  /** The zoo's members only. */
  map: ZooMapPoints;
  /** One more than steps: the noise first, the weights last. */
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
  /** Only of weights that were denoised. */
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
    /** Mean and standard deviation over the zoo of the same. */
    zooMean: number[];
    zooStd: number[];
  };
  map: ZooMapPoints;
  /** Empty where some weights are not finite: they are near nothing, and have no place on the map. */
  nearest: NearestConcept[];
}

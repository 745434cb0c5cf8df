/** What `evaluate` writes to its `result.json` under `comparison`. */

/** The starts a new concept can be trained from, in the order in which they are reported. */
export const METHODS = {
  denoised: 'Denoised weights',
  ridge: 'Ridge regression',
  nearest: 'Nearest zoo member',
  mean: 'Zoo mean',
  fresh: 'Fresh LoRA on the base',
  sameGenerator: 'Same generator from scratch',
  pix2pix: 'Pix2pix from scratch',
} as const;
export type Method = keyof typeof METHODS;

/** Names of two methods in configs, results and unfinished runs of earlier versions. */
export const EARLIER_METHOD_NAMES: ReadonlyMap<unknown, Method> = new Map([
  ['untrained', 'sameGenerator'],
  ['scratch', 'pix2pix'],
]);

/** The current name of a method for its name in an earlier version; any other value unchanged. */
export function presentMethodName(name: unknown): unknown {
  return EARLIER_METHOD_NAMES.get(name) ?? name;
}

/** Colors on white: distinguishable with any kind of color vision (Okabe and Ito 2008), and dark enough for text. */
export const METHOD_COLORS: Record<Method, string> = {
  denoised: '#0072b2',
  ridge: '#b87700',
  nearest: '#b0538a',
  mean: '#8a8a8a',
  fresh: '#00795a',
  sameGenerator: '#3d3d3d',
  pix2pix: '#c14e00',
};

/** A measured value; null if it was not finite, which JSON cannot express. */
export type Measured = number | null;

/** Quality of the translations of all held-out images. */
export interface SavedQuality {
  /** Mean peak signal-to-noise ratio over the images in dB, for values in [0, 1]; higher is better. */
  psnr: Measured;
  /** Mean structural similarity over the images, at most 1; higher is better. */
  ssim: Measured;
  /** Mean absolute error, for values in [-1, 1]; lower is better. */
  l1: Measured;
  /** Fréchet distance of patch features, 0 or more; lower is better. */
  patchFd: Measured;
}

/** Distances between whole sets in the features of a network; lower is better. */
export interface SavedDistance {
  fid: Measured;
  kid: Measured;
}

type PointOf<Quality> = Quality & {
  /** Training steps taken. */
  steps: number;
  /** Training seconds, without measurements. */
  seconds: number;
};

/** Quality on held-out images while one method trains. */
export interface CurveOf<Quality, Distance> {
  method: Method;
  /** One or more points in ascending order of steps; the first is the start itself, at step 0. */
  points: PointOf<Quality>[];
  /** Distances at the first and the last point, if the training config names a feature network. */
  distances?: { start: Distance; end: Distance };
}

/** Quality on held-out images of every start of one concept, before any training. */
export interface StartsOf<Quality> {
  concept: string;
  prompt: string;
  quality: Partial<Record<Method, Quality>>;
}

/** A comparison as measured or as saved, which differ in values that are not finite. */
export interface ComparisonOf<Quality, Distance> {
  concept: string;
  prompt: string;
  /** Number of held-out images measured on; `size` is their side in pixels. */
  images: number;
  size: number;
  seed: number;
  /** Device in words: "cpu, 2 threads". */
  device: string;
  /** One or more curves, at most one per method. */
  curves: CurveOf<Quality, Distance>[];
  /** Starts of this concept first, then of every other held-out concept. */
  starts: StartsOf<Quality>[];
}

export type SavedCurve = CurveOf<SavedQuality, SavedDistance>;
export type SavedStarts = StartsOf<SavedQuality>;
export type SavedComparison = ComparisonOf<SavedQuality, SavedDistance>;

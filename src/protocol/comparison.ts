/** What `evaluate` leaves in its `result.json` under `comparison`, for whoever shows it. */

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

/** What configs, results and unfinished runs of earlier versions call two of the methods. */
export const EARLIER_METHOD_NAMES: ReadonlyMap<unknown, Method> = new Map([
  ['untrained', 'sameGenerator'],
  ['scratch', 'pix2pix'],
]);

/** A method's present name for one of an earlier version; any other value as it is. */
export function presentMethodName(name: unknown): unknown {
  return EARLIER_METHOD_NAMES.get(name) ?? name;
}

/** On white: told apart by people with any kind of color vision (Okabe and Ito 2008), dark enough as text. */
export const METHOD_COLORS: Record<Method, string> = {
  denoised: '#0072b2',
  ridge: '#b87700',
  nearest: '#b0538a',
  mean: '#8a8a8a',
  fresh: '#00795a',
  sameGenerator: '#3d3d3d',
  pix2pix: '#c14e00',
};

/** A measured value; null where it was not finite, since JSON has no word for that. */
export type Measured = number | null;

/** Quality of the translations of all held-out images. */
export interface SavedQuality {
  /** Mean over the images, dB over [0, 1] values; higher is better. */
  psnr: Measured;
  /** Mean over the images, at most 1; higher is better. */
  ssim: Measured;
  /** Mean absolute error of values in -1 to 1; lower is better. */
  l1: Measured;
  /** Fréchet distance of patch features, 0 or more; lower is better. */
  patchFd: Measured;
}

/** Distances of whole sets in the features of a network: lower is better. */
export interface SavedDistance {
  fid: Measured;
  kid: Measured;
}

type PointOf<Quality> = Quality & {
  /** Training steps taken. */
  steps: number;
  /** Training seconds, without measuring. */
  seconds: number;
};

/** Quality on held-out images while one method trains. */
export interface CurveOf<Quality, Distance> {
  method: Method;
  /** One or more, ascending in steps; the first is the start itself, at step 0. */
  points: PointOf<Quality>[];
  /** At the first and the last point, where the training config names a feature network. */
  distances?: { start: Distance; end: Distance };
}

/** Quality on held-out images of every start of one concept, before any training. */
export interface StartsOf<Quality> {
  concept: string;
  prompt: string;
  quality: Partial<Record<Method, Quality>>;
}

/** As it is measured, and as it is saved: what is not finite differs. */
export interface ComparisonOf<Quality, Distance> {
  concept: string;
  prompt: string;
  /** Held-out images measured on, and their side in pixels. */
  images: number;
  size: number;
  seed: number;
  /** In words: "cpu, 2 threads". */
  device: string;
  /** One or more, each method once. */
  curves: CurveOf<Quality, Distance>[];
  /** Of this concept first, then of every other one that is held out. */
  starts: StartsOf<Quality>[];
}

export type SavedCurve = CurveOf<SavedQuality, SavedDistance>;
export type SavedStarts = StartsOf<SavedQuality>;
export type SavedComparison = ComparisonOf<SavedQuality, SavedDistance>;

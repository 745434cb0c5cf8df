/** What an exported page (`dnw export --what web`) knows of the network in it. */
export interface PageFacts {
  readonly concept: string;
  readonly prompt: string;
  /** Whose weights they are: base, denoised, fine-tuned, and so on. */
  readonly weights: string;
  /** Hash of the base. */
  readonly base: string;
  /** Side of the images of training, in pixels. */
  readonly trained: number;
  /** Shorter side that whole pictures had at the scale of training, in pixels: more than `trained` if those are crops. */
  readonly scale: number;
  /** The sides that the network takes are multiples of it, in pixels. */
  readonly stride: number;
  /** The smallest side that the network takes, in pixels. */
  readonly smallestSide: number;
  /** Whether the weights are stored in half precision. */
  readonly half: boolean;
}

/** Blocks of JSON in an exported page, by the ids of their elements: what is known of the network, and licenses. */
export type JsonBlock = 'facts' | 'notices';

/** Blocks of gzipped bytes in base64: script of the worker, ONNX Runtime as WebAssembly, the network as an ONNX model. */
export type GzippedBlock = 'worker' | 'runtime' | 'model';

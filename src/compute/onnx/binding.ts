/** Sessions whose inputs and outputs are fixed arrays: only the content changes between runs. */

export type BoundData = Float32Array | Int32Array;

/** A graph's input or output and the array that holds it. */
export interface Binding {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: BoundData;
}

export interface BoundSession {
  /** Runs once: reads the inputs, writes the outputs. */
  run(): Promise<void>;
  release(): Promise<void>;
}

/** An array whose memory does not move. V8 would otherwise keep short typed arrays in its own heap. */
export function pinnedArray(dtype: 'float32' | 'int32', length: number): BoundData {
  const buffer = new ArrayBuffer(4 * length);
  return dtype === 'float32' ? new Float32Array(buffer) : new Int32Array(buffer);
}

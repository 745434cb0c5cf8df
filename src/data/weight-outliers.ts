/** Weights of a zoo that are numbers, but far from those of the other files: mostly damage, or a training that diverged. */

/** Weights of one file: its vectors, in each of which every tensor has the same place. */
export interface ZooFile {
  readonly path: string;
  readonly vectors: readonly Float32Array[];
}

interface Place {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** Ratio of a tensor's largest weight to the same of the other files from which it is reported. */
const FAR = 100;

/**
 * Compares the largest absolute weight of each tensor with the median of all files.
 * @returns a warning for each file that is far from the others
 */
export function outlierWarnings(tensors: readonly Place[], files: readonly ZooFile[]): string[] {
  const largest = files.map(({ vectors }) => tensors.map((tensor) => largestIn(vectors, tensor)));
  const usual = tensors.map((_, t) => median(largest.map((values) => values[t]!)));
  // A tensor that is 0 in most files, as up factors are before a training, is compared with their other tensors.
  const whole = usual.reduce((most, value) => Math.max(most, value), 0);
  return files.flatMap(({ path }, i) => {
    const far = tensors
      .map(({ name }, t) => ({ name, value: largest[i]![t]!, usual: usual[t]! || whole }))
      .filter(({ value, usual: expected }) => expected > 0 && value > FAR * expected)
      .sort((a, b) => b.value / b.usual - a.value / a.usual);
    const [first] = far;
    if (first === undefined) return [];
    const times = rounded(first.value / first.usual);
    const more = far.length > 1 ? ` (${far.length - 1} more tensors are as far)` : '';
    return [
      `${path}: tensor '${first.name}' has a weight of ${rounded(first.value)}, ${times} times what the largest is in most ` +
        `files (${rounded(first.usual)})${more}. It outweighs the other files: check it, or remove it.`,
    ];
  });
}

function largestIn(vectors: readonly Float32Array[], { offset, size }: Place): number {
  let largest = 0;
  for (const vector of vectors) {
    for (let i = offset; i < offset + size; i++) largest = Math.max(largest, Math.abs(vector[i]!));
  }
  return largest;
}

/** The lower one of two in the middle. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1]!;
}

/** Two digits, as a person would write them: 500, 0.02, 3.4e+38. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(2)));
}

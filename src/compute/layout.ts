/** Where named parameters lie in flat vectors. */
import type { ParameterEntry, ParameterLayout } from './types.ts';

/** Number of values of a tensor of this shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/**
 * Lays named parameters one after the other, in the order of the record's keys.
 * @throws if a shape has an extent that is not a positive whole number
 */
export function layoutOf(shapes: Readonly<Record<string, readonly number[]>>): ParameterLayout {
  const entries: ParameterEntry[] = [];
  let offset = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    if (!shape.every((extent) => Number.isInteger(extent) && extent > 0)) {
      throw new Error(
        `Parameter ${name} has shape [${shape}]: every extent must be a positive whole number.`,
      );
    }
    const size = sizeOf(shape);
    entries.push({ name, shape, offset, size });
    offset += size;
  }
  return { entries, size: offset };
}

/**
 * Joins layouts one after the other. Each part's names are prefixed with its key and a dot.
 * The flat vector of the whole is the concatenation of the parts' vectors.
 */
export function concatLayouts(parts: Readonly<Record<string, ParameterLayout>>): ParameterLayout {
  const entries: ParameterEntry[] = [];
  let start = 0;
  for (const [prefix, part] of Object.entries(parts)) {
    for (const entry of part.entries) {
      entries.push({ ...entry, name: `${prefix}.${entry.name}`, offset: start + entry.offset });
    }
    start += part.size;
  }
  return { entries, size: start };
}

/** The name of a group's parameter among a step's inputs, outputs and gradients. */
export function parameterName(group: string, name: string): string {
  return `${group}/${name}`;
}

/**
 * Views (no copies) of each parameter's values in the flat vector.
 * @throws if the vector's length is not that of the layout
 */
export function viewParameters(layout: ParameterLayout, flat: Float32Array): Record<string, Float32Array> {
  if (flat.length !== layout.size) {
    throw new Error(`Expected a flat vector of ${layout.size} values, found ${flat.length}.`);
  }
  return Object.fromEntries(
    layout.entries.map(({ name, offset, size }) => [name, flat.subarray(offset, offset + size)]),
  );
}

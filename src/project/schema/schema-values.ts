/** Builders of values of a config's schema. Each value has its range and default in its description. */
import * as z from 'zod';

/** An integer. */
export const int = (min: number, max: number, fallback: number, what: string) =>
  z
    .number()
    .int()
    .min(min)
    .max(max)
    .default(fallback)
    .describe(`${what} (${min} to ${max}, default ${fallback})`);

export const real = (min: number, max: number, fallback: number, what: string) =>
  z.number().min(min).max(max).default(fallback).describe(`${what} (${min} to ${max}, default ${fallback})`);

/** One of several words. */
export const choice = <T extends readonly [string, ...string[]]>(
  values: T,
  fallback: T[number],
  what: string,
) =>
  z
    .enum(values)
    .default(fallback as never)
    .describe(`${what} (default ${fallback})`);

/** A section: a mapping whose keys all have defaults. */
export const section = <S extends z.ZodRawShape>(shape: S, what: string) =>
  z
    .strictObject(shape)
    // Every key of a section has a default, which the compiler cannot see through a generic shape.
    .prefault({} as never)
    .describe(what);

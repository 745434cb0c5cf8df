/**
 * Schemas of the messages between extension host and webviews. A message comes from another process, and a page may
 * have been taken over, so both sides check what arrives. Every key of a type has to be listed, absent ones as well.
 */

import type { NotificationType, RequestType } from 'vscode-messenger-common';
import * as z from 'zod/mini';
import { inertLine } from '../inert-text.ts';
import { safeParse } from '../safe-parse.ts';
import { BARS } from '../statistics.ts';

export type Schema<T> = z.ZodMiniType<T>;

/** A request whose parameters the host checks, and whose result the page checks. */
export interface CheckedRequest<P, R> extends RequestType<P, R> {
  readonly params: Schema<P>;
  readonly result: Schema<R>;
}

/** A notification that its receiver checks. */
export interface CheckedNotification<P> extends NotificationType<P> {
  readonly params: Schema<P>;
}

export function requestType<P, R>(
  method: string,
  params: Schema<P>,
  result: Schema<R>,
): CheckedRequest<P, R> {
  return { method, params, result };
}

export function notificationType<P>(method: string, params: Schema<P>): CheckedNotification<P> {
  return { method, params };
}

type Shape<T> = {
  [K in keyof T]-?: undefined extends T[K]
    ? z.ZodMiniOptional<Schema<Exclude<T[K], undefined>>>
    : Schema<T[K]>;
};

/** An object that may only have these keys: what a page sends. */
export function exactly<T extends object>(shape: Shape<T>): Schema<T> {
  return z.strictObject(shape) as unknown as Schema<T>;
}

/** An object with these keys, without any others that it has: what the host sends. */
export function having<T extends object>(shape: Shape<T>): Schema<T> {
  return z.object(shape) as unknown as Schema<T>;
}

/** Longest text of a message, in UTF-16 units. */
const MOST_TEXT = 2 ** 24;
/** Largest file of a message, in bytes. */
const MOST_BYTES = 2 ** 29;
/** Most numbers of one list. */
const MOST_NUMBERS = 2 ** 26;

export const text: Schema<string> = z.string().check(z.maxLength(MOST_TEXT));
export const flag: Schema<boolean> = z.boolean();
/** No value at all, which a message may express as null. */
export const nothing: Schema<void> = z.custom<void>((value) => value === undefined || value === null, {
  error: 'expected nothing',
});
/** Any number, or null, which JSON writes for numbers that are not finite. */
export const number: Schema<number> = z.custom<number>(
  (value) => typeof value === 'number' || value === null,
  {
    error: 'expected a number',
  },
);

/** A whole number within bounds. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  return z.int().check(z.minimum(least), z.maximum(most));
}

/** Number of bars of a histogram. */
export const bins = whole(BARS.least, BARS.most);

/** One of several words. */
export function oneOf<const T extends string>(words: readonly T[]): Schema<T> {
  return z.enum(words) as unknown as Schema<T>;
}

/** A word of a type whose words are not listed. */
export function word<T extends string>(): Schema<T> {
  return text as unknown as Schema<T>;
}

/** A value that may be absent. */
export function maybe<T>(schema: Schema<T>): z.ZodMiniOptional<Schema<T>> {
  return z.optional(schema);
}

export function list<T>(entry: Schema<T>): Schema<T[]> {
  return z.array(entry);
}

export function tableOf<T>(entry: Schema<T>): Schema<Record<string, T>> {
  return z.record(z.string(), entry);
}

/** Objects of several kinds, told apart by the word under a key. */
export function either<T>(key: keyof T & string, ...schemas: Schema<T>[]): Schema<T> {
  return z.discriminatedUnion(key, schemas as never) as unknown as Schema<T>;
}

/** A value of one of several kinds that are told apart by what they are. */
export function anyOf<T>(...schemas: Schema<unknown>[]): Schema<T> {
  return z.union(schemas) as unknown as Schema<T>;
}

export function literal<const T extends string>(value: T): Schema<T> {
  return z.literal(value);
}

/** Long lists of numbers, checked by kind and length. */
export const numbers: Schema<number[]> = z.custom<number[]>(
  (value) =>
    Array.isArray(value) &&
    value.length <= MOST_NUMBERS &&
    value.every((entry) => typeof entry === 'number' || entry === null),
  { error: 'expected a list of numbers' },
);

function named(value: unknown, kind: string): value is ArrayBufferView {
  return Object.prototype.toString.call(value) === `[object ${kind}]`;
}

/** Encoded pictures and files, by kind and length. */
export const bytes: Schema<Uint8Array> = z.custom<Uint8Array>(
  (value) => named(value, 'Uint8Array') && value.byteLength <= MOST_BYTES,
  { error: 'expected bytes, at most 512 MiB' },
);

/** Points of curves, by kind and length. */
export const doubles: Schema<Float64Array> = z.custom<Float64Array>(
  (value) => named(value, 'Float64Array') && value.byteLength <= 8 * MOST_NUMBERS,
  { error: 'expected an array of doubles' },
);

/** A message that does not fit its schema. */
export class MessageError extends Error {
  override name = 'MessageError';
}

/** Most characters that an error repeats of a place in a message: its keys may come from a page. */
const MOST_PLACE = 80;

/**
 * Checks a message.
 * @param what the message, in words that begin the error
 * @returns the message with only the keys of its schema
 * @throws MessageError that names message, place and reason
 */
export function checked<T>(what: string, schema: Schema<T>, message: unknown): T {
  const parsed = safeParse(schema, message);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const place = issue.path.map(String).join('.').slice(0, MOST_PLACE);
  const reason = inertLine(`${place === '' ? '' : `${place}: `}${reasonOf(issue)}`);
  throw new MessageError(`${what} does not fit: ${reason}.`);
}

/** Replaces zod's own messages, which would be one more table to load. */
function reasonOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'custom':
      return issue.message;
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'unrecognized_keys':
      return `unknown key ${JSON.stringify(issue.keys[0]?.slice(0, MOST_PLACE))}`;
    case 'too_small':
      return `less than ${issue.minimum}`;
    case 'too_big':
      return `more than ${issue.maximum}`;
    case 'invalid_value':
      return `none of ${issue.values.join(', ')}`;
    default:
      return 'another kind of value';
  }
}

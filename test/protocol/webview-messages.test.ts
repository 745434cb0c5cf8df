import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as common from '../../src/protocol/webview/common.ts';
import * as compare from '../../src/protocol/webview/compare.ts';
import * as run from '../../src/protocol/webview/run.ts';
import { checked, MessageError, type Schema } from '../../src/protocol/webview/schema.ts';
import * as tensors from '../../src/protocol/webview/tensors.ts';
import * as translate from '../../src/protocol/webview/translate.ts';
import * as weights from '../../src/protocol/webview/weights.ts';

interface Message {
  readonly method: string;
  readonly params?: Schema<unknown>;
  readonly result?: Schema<unknown>;
}

function messagesIn(value: unknown): Message[] {
  if (typeof value !== 'object' || value === null) return [];
  return 'method' in value ? [value as Message] : Object.values(value).flatMap(messagesIn);
}

/** Every schema of a message, by the message's name and side. */
const SCHEMAS = messagesIn([common, compare, run, tensors, translate, weights]).flatMap(
  ({ method, params, result }) => [
    ...(params ? [[`${method}, parameters`, params] as const] : []),
    ...(result ? [[`${method}, result`, result] as const] : []),
  ],
);

/** What a page that was taken over may send: deep, wrongly typed, or with names that JavaScript gives a meaning. */
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  key: fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'length', 'file', 'name', 'kind', 'view', 'step'),
  ),
});

describe('a message of any content is taken as what its schema says, or refused', () => {
  it('for every message of every panel', () => {
    expect(SCHEMAS.length).toBeGreaterThan(40);
  });

  it.each(SCHEMAS)('%s', (name, schema) => {
    fc.assert(
      fc.property(anything, (message) => {
        try {
          checked(name, schema, message);
        } catch (error) {
          expect(error).toBeInstanceOf(MessageError);
          expect((error as Error).message).toContain(name);
          expect((error as Error).message.length).toBeLessThan(2000);
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      // Made up once in a few thousand messages.
      { examples: [[{ length: Object.create(null) }], [[{ length: { toString: 1, valueOf: 1 } }]]] },
    );
  });
});

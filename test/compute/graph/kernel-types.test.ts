import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as tf from '../../../src/compute/tfjs/tf.ts';

const TABLE = 'src/compute/graph/kernel-types.ts';

it('has an entry for every kernel that tfjs declares attributes for', () => {
  const declarations = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/dist/kernel_names.d.ts');
  const declared = [
    ...readFileSync(declarations, 'utf8').matchAll(/^export (?:interface|type) (\w+Attrs)\b/gm),
  ].map(([, name]) => name!);
  const table = readFileSync(join(process.cwd(), TABLE), 'utf8');
  const entries = [...table.matchAll(/^ {2}(\w+): .*\btfjs\.(\w+Attrs)\b/gm)];
  expect(declared.length).toBeGreaterThan(50);
  expect(entries.map(([, , attributes]) => attributes!).sort(), `entries of ${TABLE}`).toEqual(
    declared.sort(),
  );
  // The attributes of Cast are CastAttrs; only BroadcastTo's are spelt otherwise.
  for (const [, kernel, attributes] of entries) {
    expect(Object.values(tf.kernelNames), `kernels of ${TABLE}`).toContain(kernel);
    expect(attributes!.toLowerCase(), `attributes of ${kernel} in ${TABLE}`).toBe(
      `${kernel}Attrs`.toLowerCase(),
    );
  }
});

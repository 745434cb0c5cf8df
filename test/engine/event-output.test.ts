import type { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { HumanOutput } from '../../src/engine/event-output.ts';
import type { NewRunEvent } from '../../src/protocol/events.ts';

/** What people read where there is no terminal. */
function printed(...events: NewRunEvent[]): string[] {
  const lines: string[] = [];
  const stream = { isTTY: false, write: (text: string) => lines.push(text) > 0 };
  const output = new HumanOutput(stream as unknown as WriteStream, {});
  for (const event of events) output.event({ ...event, time: 0 });
  output.close();
  return lines.join('').trimEnd().split('\n');
}

const pairsOf = (concept: string): NewRunEvent => ({
  type: 'artifact',
  kind: 'pairs',
  file: `.dnw/pairs/${concept}-0123.safetensors`,
  concept,
});

test('the pairs of many concepts are one line, before what comes next', () => {
  expect(
    printed(pairsOf('fog'), pairsOf('snow'), pairsOf('dusk'), {
      type: 'artifact',
      kind: 'base',
      file: 'base/tiny.safetensors',
    }),
  ).toEqual(['Wrote the pairs of 3 concepts to .dnw/pairs', 'Wrote base/tiny.safetensors']);
});

test('the pairs of one concept are named, even at the end', () => {
  expect(printed(pairsOf('fog'))).toEqual(['Wrote .dnw/pairs/fog-0123.safetensors']);
});

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EventLog } from '../../src/engine/event-log.ts';
import type { RunEvent } from '../../src/protocol/events.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const event = (message: string): RunEvent => ({ time: 1, type: 'log', level: 'info', message });

test('each event is one line, whatever its text', () => {
  const file = join(temporaryFolder(), 'events.jsonl');
  const log = new EventLog(file);
  const messages = ['plain', 'two\nlines', 'separator \u2028 inside', 'snow ❄'];
  for (const message of messages) log.append(event(message));
  log.close();
  const lines = readFileSync(file, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(messages);
});

test('half a line that a crash of the machine left is removed before the next event', () => {
  const file = join(temporaryFolder(), 'events.jsonl');
  const whole = `${JSON.stringify(event('whole'))}\n`;
  // Longer than one read of the repair.
  writeFileSync(file, whole);
  appendFileSync(file, `{"time":2,"message":"${'x'.repeat(10_000)}`);
  const log = new EventLog(file);
  log.append(event('next'));
  log.close();
  expect(readFileSync(file, 'utf8')).toBe(`${whole}${JSON.stringify(event('next'))}\n`);
});

test('a file that holds nothing but half a line becomes empty', () => {
  const file = join(temporaryFolder(), 'events.jsonl');
  writeFileSync(file, '{"time":');
  new EventLog(file).close();
  expect(readFileSync(file, 'utf8')).toBe('');
});

test.runIf(process.platform === 'linux')('a full disk is named with the file', () => {
  const log = new EventLog('/dev/full');
  expect(() => log.append(event('one too many'))).toThrow(
    expect.objectContaining({ code: 'ENOSPC', path: '/dev/full' }),
  );
  log.close();
});

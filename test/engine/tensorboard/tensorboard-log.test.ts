import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeEach, expect, test } from 'vitest';
import { TensorBoardLog } from '../../../src/engine/tensorboard/tensorboard-log.ts';
import type { NewRunEvent } from '../../../src/protocol/events.ts';
import { crc32c, readEventFolders } from './read-events.ts';

const TIME = 1_700_000_000_500;

let run: string;

beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'dnw-tensorboard-'));
});

function write(...events: NewRunEvent[]): ReturnType<typeof readEventFolders> {
  const log = new TensorBoardLog(run);
  for (const event of events) log.event({ ...event, time: TIME });
  log.close();
  return readEventFolders(join(run, 'tensorboard'));
}

const started = (resumed: boolean): NewRunEvent => ({
  type: 'started',
  runId: 'r',
  stage: 'fine-tune',
  name: 'snow',
  pid: 1,
  host: 'h',
  resumed,
});
const metrics = (step: number, more: Partial<Extract<NewRunEvent, { type: 'metrics' }>> = {}) =>
  ({ type: 'metrics', step, values: { 'loss/l1': 0.5 }, ...more }) as const satisfies NewRunEvent;

test('the checksum that the reader of these tests computes is the standard one', () => {
  // RFC 3720, B.4, and the check value of the CRC catalogue.
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

test('a file begins as those of TensorFlow do', () => {
  write(metrics(0));
  const folder = join(run, 'tensorboard');
  const [name] = readdirSync(folder);
  expect(name).toMatch(/^events\.out\.tfevents\.1700000000\./);
  // Length 24 and its masked checksum, as in any event file; then the time's field.
  expect(readFileSync(join(folder, name!)).subarray(0, 12).toString('hex')).toBe(`1800000000000000a37f4b22`);
});

test('scalars have their tag, step, value and time', () => {
  const values = { 'loss/l1': 0.25, 'quality/psnr': 31.5 };
  expect(write(started(false), metrics(3, { values }), metrics(2 ** 33))).toEqual({
    '': [
      { wall_time: TIME / 1000, file_version: 'brain.Event:2' },
      {
        wall_time: TIME / 1000,
        step: 3,
        summary: {
          value: [
            { tag: 'loss/l1', simple_value: 0.25 },
            { tag: 'quality/psnr', simple_value: 31.5 },
          ],
        },
      },
      {
        wall_time: TIME / 1000,
        step: 2 ** 33,
        summary: { value: [{ tag: 'loss/l1', simple_value: 0.5 }] },
      },
    ],
  });
});

test('losses that are not finite are written as such', () => {
  const values = { a: Number.NaN, b: Number.POSITIVE_INFINITY };
  expect(write(metrics(1, { values }))['']![1]!.summary!.value).toEqual([
    { tag: 'a', simple_value: Number.NaN },
    { tag: 'b', simple_value: Number.POSITIVE_INFINITY },
  ]);
});

test('stages, concepts and series have a folder each, whatever their names hold', () => {
  const folders = write(
    { type: 'stage', stage: 'evaluate', index: 0, total: 2, title: 'Evaluate' },
    metrics(1, { concept: 'snow', series: 'Pix2pix from scratch' }),
    metrics(1, { concept: 'snow', series: '../../fresh: LoRA' }),
    metrics(1),
  );
  expect(Object.keys(folders).sort()).toEqual([
    'evaluate',
    'evaluate/snow/--..-fresh- LoRA',
    'evaluate/snow/Pix2pix from scratch',
  ]);
});

test('a resumed run says from which step on the files before are out of date', () => {
  write(started(false), metrics(10), metrics(20));
  const again = new TensorBoardLog(run);
  for (const event of [started(true), metrics(11), metrics(12)]) again.event({ ...event, time: TIME + 5000 });
  const events = readEventFolders(join(run, 'tensorboard'))['']!;
  const restarts = events.flatMap(({ step, session_log }) =>
    session_log ? [[step, session_log.status]] : [],
  );
  expect(restarts).toEqual([[11, 'START']]);
  expect(events.flatMap(({ step, summary }) => (summary ? [step] : []))).toEqual([10, 20, 11, 12]);
});

test('pictures have their size, their channels and the same bytes', async () => {
  const png = await sharp({ create: { width: 7, height: 5, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  mkdirSync(join(run, 'samples'));
  writeFileSync(join(run, 'samples', 'step-4.png'), png);
  const folders = write({
    type: 'sample',
    step: 4,
    concept: 'snow',
    file: 'samples/step-4.png',
    label: 'source | target',
  });
  expect(folders.snow![1]).toEqual({
    wall_time: TIME / 1000,
    step: 4,
    summary: {
      value: [
        {
          tag: 'source | target',
          image: { height: 5, width: 7, colorspace: 3, encoded_image_string: png },
        },
      ],
    },
  });
});

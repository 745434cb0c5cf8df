/**
 * Writes TensorBoard's event files: framed records (TensorFlow's `record_writer.h`) of `Event` messages
 * (`event.proto`, `summary.proto`) with scalars, images and the start of a session.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import crc32c from 'crc-32/crc32c.js';
import protobuf from 'protobufjs/minimal.js';

/** A record is the length (8 bytes, little-endian), its checksum (4), the data, and their checksum (4). */
const LENGTH_BYTES = 8;
const CHECKSUM_BYTES = 4;
/** Version string in the first record of a file. */
const FILE_VERSION = 'brain.Event:2';
const SESSION_START = 1;

/** Wire types of protocol buffers. */
const VARINT = 0;
const DOUBLE = 1;
const BYTES = 2;
const FLOAT = 5;

type Writer = protobuf.Writer;

/** Pixels as PNG; `channels`: 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA. */
export interface EncodedImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly png: Uint8Array;
}

/** One event file; a folder of them is one run of TensorBoard. */
export class EventFile {
  /**
   * @param time milliseconds since the Unix epoch, of the file's first record
   * @throws if the file cannot be written
   */
  constructor(
    private readonly path: string,
    time: number,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.#append(time, 0, (event) => event.uint32(tag(3, BYTES)).string(FILE_VERSION));
  }

  /** Declares everything with this step or a later one, in other files of the same folder, out of date. */
  restart(time: number, step: number): void {
    this.#append(time, step, (event) =>
      event.uint32(tag(7, BYTES)).fork().uint32(tag(1, VARINT)).int32(SESSION_START).ldelim(),
    );
  }

  scalars(time: number, step: number, values: Readonly<Record<string, number>>): void {
    this.#summary(time, step, (summary) => {
      for (const [name, value] of Object.entries(values)) {
        summary.uint32(tag(1, BYTES)).fork().uint32(tag(1, BYTES)).string(name);
        summary.uint32(tag(2, FLOAT)).float(value).ldelim();
      }
    });
  }

  image(time: number, step: number, name: string, { width, height, channels, png }: EncodedImage): void {
    this.#summary(time, step, (summary) => {
      summary.uint32(tag(1, BYTES)).fork().uint32(tag(1, BYTES)).string(name);
      summary.uint32(tag(4, BYTES)).fork();
      summary.uint32(tag(1, VARINT)).int32(height).uint32(tag(2, VARINT)).int32(width);
      summary.uint32(tag(3, VARINT)).int32(channels).uint32(tag(4, BYTES)).bytes(png);
      summary.ldelim().ldelim();
    });
  }

  #summary(time: number, step: number, write: (summary: Writer) => void): void {
    this.#append(time, step, (event) => {
      event.uint32(tag(5, BYTES)).fork();
      write(event);
      event.ldelim();
    });
  }

  /** Writes each record in one write, since a reader that follows the file waits for the rest of a partial record. */
  #append(time: number, step: number, write: (event: Writer) => void): void {
    const event = protobuf.Writer.create();
    event.uint32(tag(1, DOUBLE)).double(time / 1000);
    if (step !== 0) event.uint32(tag(2, VARINT)).int64(step);
    write(event);
    appendFileSync(this.path, record(event.finish()));
  }
}

function tag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

function record(data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(LENGTH_BYTES + 2 * CHECKSUM_BYTES + data.length);
  bytes.writeBigUInt64LE(BigInt(data.length));
  bytes.writeUInt32LE(maskedChecksum(bytes.subarray(0, LENGTH_BYTES)), LENGTH_BYTES);
  bytes.set(data, LENGTH_BYTES + CHECKSUM_BYTES);
  bytes.writeUInt32LE(maskedChecksum(data), bytes.length - CHECKSUM_BYTES);
  return bytes;
}

/** CRC-32C, rotated and shifted, so that a checksum over data that contain checksums stays useful (`crc32c.h`). */
function maskedChecksum(bytes: Uint8Array): number {
  const checksum = crc32c.buf(bytes) >>> 0;
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}

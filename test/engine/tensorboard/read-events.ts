import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import protobuf from 'protobufjs';

/** Of TensorFlow's event.proto and summary.proto, what TensorBoard reads of scalars and images. */
const SCHEMA = `
syntax = "proto3";
message Event {
  double wall_time = 1;
  int64 step = 2;
  oneof what { string file_version = 3; Summary summary = 5; SessionLog session_log = 7; }
}
message SessionLog {
  enum SessionStatus { STATUS_UNSPECIFIED = 0; START = 1; STOP = 2; CHECKPOINT = 3; }
  SessionStatus status = 1;
}
message Summary {
  message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
  message Value { string tag = 1; float simple_value = 2; Image image = 4; }
  repeated Value value = 1;
}
`;
const Event = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('Event');

export interface ReadEvent {
  readonly wall_time: number;
  readonly step?: number;
  readonly file_version?: string;
  readonly summary?: {
    readonly value: readonly {
      readonly tag: string;
      readonly simple_value?: number;
      readonly image?: { height: number; width: number; colorspace: number; encoded_image_string: Buffer };
    }[];
  };
  readonly session_log?: { readonly status: string };
}

/** CRC-32C bit by bit (reflected polynomial 0x82f63b78). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function checked(bytes: Buffer, stored: number): Buffer {
  const crc = BigInt(crc32c(bytes));
  const rotated = ((crc >> 15n) | (crc << 17n)) & 0xffffffffn;
  const masked = Number((rotated + 0xa282ead8n) & 0xffffffffn);
  if (masked !== stored) throw new Error(`checksum ${stored} is not ${masked}`);
  return bytes;
}

/** Reads an event file as TensorBoard does. @throws where a checksum is wrong or a record is cut short */
function readEventFile(path: string): ReadEvent[] {
  const bytes = readFileSync(path);
  const events: ReadEvent[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = checked(bytes.subarray(at, at + 8), bytes.readUInt32LE(at + 8));
    const length = Number(header.readBigUInt64LE());
    const data = checked(bytes.subarray(at + 12, at + 12 + length), bytes.readUInt32LE(at + 12 + length));
    events.push(
      Event.toObject(Event.decode(data), { longs: Number, enums: String, bytes: Buffer }) as ReadEvent,
    );
    at += 16 + length;
  }
  return events;
}

/** Event files below a folder, by the folder that TensorBoard shows as a run; several files of one follow each other. */
export function readEventFolders(folder: string): Record<string, ReadEvent[]> {
  const found: Record<string, ReadEvent[]> = {};
  for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    const run = relative(folder, join(path, '..'));
    found[run] = [...(found[run] ?? []), ...readEventFile(path)];
  }
  return found;
}

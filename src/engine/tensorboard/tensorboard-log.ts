import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { MetricsEvent, RunEvent, SampleEvent } from '../../protocol/events.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import type { Stage } from '../../protocol/stages.ts';
import type { EventSink } from '../run-events.ts';
import { type EncodedImage, EventFile } from './event-file.ts';

/**
 * Copies a run's metrics and sample images to event files as they arrive. TensorBoard draws one curve of a tag per
 * folder, so there is one folder per stage (in a run of several stages), per concept, and per series (where a concept
 * has several curves).
 */
export class TensorBoardLog implements EventSink {
  readonly #runFolder: string;
  readonly #files = new Map<string, EventFile>();
  #resumed = false;
  #stage: Stage | undefined;

  /** @param runFolder absolute path of `runs/<id>` */
  constructor(runFolder: string) {
    this.#runFolder = runFolder;
  }

  event(event: RunEvent): void {
    switch (event.type) {
      case 'started':
        this.#resumed = event.resumed;
        break;
      case 'stage':
        this.#stage = event.stage;
        break;
      case 'metrics':
        this.#fileOf(event).scalars(event.time, event.step, event.values);
        break;
      case 'sample':
        this.#fileOf(event).image(
          event.time,
          event.step,
          event.label,
          readPng(join(this.#runFolder, ...event.file.split('/'))),
        );
        break;
      default:
      // The rest is no number and no picture.
    }
  }

  close(): void {}

  #fileOf({ concept, time, step, ...event }: MetricsEvent | SampleEvent): EventFile {
    const series = event.type === 'metrics' ? event.series : undefined;
    const parts = [this.#stage, concept, series].filter((part) => part !== undefined).map(folderName);
    const folder = join(this.#runFolder, RUN_FILES.tensorBoard, ...parts);
    const known = this.#files.get(folder);
    if (known !== undefined) return known;
    const name = `events.out.tfevents.${Math.floor(time / 1000)}.${hostname()}.${process.pid}`;
    const file = new EventFile(join(folder, name), time);
    // A checkpoint is older than the last events written: the steps since then are repeated.
    if (this.#resumed) file.restart(time, step);
    this.#files.set(folder, file);
    return file;
  }
}

function folderName(text: string): string {
  return text.replace(/[^\p{L}\p{N}._ -]+/gu, '-').replace(/^\.+/, '-');
}

/** Number of channels by the PNG's color type. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

/** Reads the size from the header; the encoded pixels go into the event file unchanged. */
function readPng(path: string): EncodedImage {
  const png = readFileSync(path);
  return {
    width: png.readUInt32BE(16),
    height: png.readUInt32BE(20),
    channels: CHANNELS[png.readUInt8(25)]!,
    png,
  };
}

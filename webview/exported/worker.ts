/** The worker of an exported page: decodes pictures, runs the network, encodes the results. */
import { networkSize, translateWhole } from '../../src/pipeline/translation/whole-picture.ts';
import { unzipped } from './blocks.ts';
import { Canvas, DecodedPicture, pixelsAreKept } from './canvases.ts';
import type { Failure, Settings, Translation, WorkerReply, WorkerRequest } from './messages.ts';
import { OnnxNetwork } from './onnx-network.ts';

let network: OnnxNetwork;

function reply(message: WorkerReply): void {
  globalThis.postMessage(message);
}

globalThis.onmessage = async ({ data: request }: MessageEvent<WorkerRequest>) => {
  try {
    if (request.kind === 'start') {
      if (!pixelsAreKept()) return reply({ kind: 'failed', failure: { reason: 'pixels' } });
      const [runtime, model] = await Promise.all(
        [request.runtime, request.model].map((part) => unzipped(part).arrayBuffer()),
      );
      network = await OnnxNetwork.start(request.facts, runtime!, model!);
      reply({ kind: 'ready' });
    } else {
      const translation = await translated(request.file, request.settings);
      if (translation) reply({ kind: 'translated', translation });
    }
  } catch (error) {
    reply({ kind: 'failed', failure: failureOf(error, request.kind === 'start' ? 'start' : 'network') });
  }
};

async function translated(file: Blob, { size, detail }: Settings): Promise<Translation | undefined> {
  let picture: DecodedPicture;
  try {
    picture = await DecodedPicture.of(file);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    reply({ kind: 'failed', failure: { reason: 'decoding' } });
    return undefined;
  }
  const { width, height } = picture;
  const seen = networkSize(picture, size, network.scale);
  const isOwnSize = seen.width === width && seen.height === height;
  const canvas = new Canvas(picture);
  const before = network.seconds;
  await translateWhole(
    network,
    { resized: isOwnSize ? undefined : picture.resized(seen.width, seen.height), rows: picture },
    picture,
    detail,
    async (rows) => canvas.append(rows),
    async (done) => {
      reply({ kind: 'progress', done });
      return true;
    },
  );
  const png = await canvas.png();
  return { png, width, height, seen, seconds: network.seconds - before };
}

/** Messages of engines whose memory is used up, in whatever way they say it. */
const NO_MEMORY = /memory|alloc|Array buffer|OOM/i;

function failureOf(error: unknown, reason: 'start' | 'network'): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof RangeError || NO_MEMORY.test(message)
    ? { reason: 'memory' }
    : { reason, message: message.split('\n')[0]! };
}

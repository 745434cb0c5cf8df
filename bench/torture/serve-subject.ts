import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Random } from '../../src/data/random.ts';
import { createHandlers } from '../../src/engine/serve/handlers.ts';
import { OpenedPaths } from '../../src/engine/serve/opened-paths.ts';
import { type ServeHandlers, serve } from '../../src/engine/serve/server.ts';
import { faultsOfText } from './error-rules.ts';
import { mutateBytes, mutateJson } from './mutators.ts';
import type { MakeSubject, Reading } from './subject.ts';
import { makeTinyProject } from './tiny-project.ts';

const IDLE_MS = 600_000;
const PING = 'ping';

interface Message {
  id?: unknown;
  error?: { code: number; message: string };
}

/** Valid requests to damage. */
function requests(project: string): { method: string; params: unknown }[] {
  const about = { project, training: 'tiny', concept: 'fog' };
  const file = join(project, 'images', 'wave-0.png');
  return [
    { method: 'devices', params: { device: 'cpu', threads: 1 } },
    { method: 'sizes', params: { project, training: 'tiny' } },
    { method: 'describe', params: { project, training: 'tiny' } },
    { method: 'validate', params: { project } },
    { method: 'warmUp', params: { ...about, for: 'statistics' } },
    { method: 'translations', params: about },
    { method: 'translate', params: { ...about, weights: 'base', image: file, size: 'train' } },
    { method: 'translate', params: { ...about, weights: 'denoised', image: 'images/wave-0.png', size: 64 } },
    { method: 'thumbnail', params: { ...about, image: file, side: 16 } },
    {
      method: 'pictureArea',
      params: {
        ...{ ...about, weights: 'base', image: file, size: 'native', detail: 'source' },
        ...{ area: { left: 1, top: 2, width: 8, height: 8 }, width: 4, height: 4 },
      },
    },
    { method: 'denoise', params: { ...about, seed: 1, steps: 1 } },
    { method: 'statistics', params: { ...about, weights: 'denoised', bins: 16 } },
    { method: 'blockHistogram', params: { ...about, weights: 'denoised', bins: 16, block: 0 } },
    { method: 'trajectory', params: { ...about, seed: 1, steps: 2 } },
    { method: 'tensorStatistics', params: { file, progressToken: 1 } },
    { method: 'tensorHistogram', params: { file, tensor: 'a', bins: 16 } },
    { method: 'compareTensors', params: { file, second: file, progressToken: 2 } },
  ];
}

const framed = (body: Buffer | string) =>
  Buffer.concat([Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`), Buffer.from(body)]);

/** A malformed message, and whether the messages after it can still be told apart. */
function malformed(valid: object, random: Random): { bytes: Buffer; framed: boolean } {
  const message = { jsonrpc: '2.0', id: 1, ...valid };
  const kind = random.int(8);
  if (kind === 0) return { bytes: mutateBytes(framed(JSON.stringify(message)), random), framed: false };
  if (kind === 1)
    return { bytes: framed(mutateBytes(Buffer.from(JSON.stringify(message)), random)), framed: true };
  if (kind === 2) return { bytes: framed(JSON.stringify(mutateJson(message, random)) ?? ''), framed: true };
  const { params, ...rest } = message as { params?: unknown };
  return { bytes: framed(JSON.stringify({ ...rest, params: mutateJson(params, random) })), framed: true };
}

/** Every message in what a server has written. */
function messagesIn(output: Buffer): Message[] {
  const messages: Message[] = [];
  for (let rest = output; ; ) {
    const header = /^Content-Length: (\d+)\r\n\r\n/.exec(rest.toString('latin1', 0, 64));
    if (!header) return messages;
    const end = header[0].length + Number(header[1]);
    if (rest.length < end) return messages;
    messages.push(JSON.parse(rest.toString('utf8', header[0].length, end)) as Message);
    rest = rest.subarray(end);
  }
}

/** Malformed messages to a server, which has to answer the next valid one. */
export function serverSubject(makeHandlers: (project: string) => ServeHandlers): MakeSubject {
  return async (folder) => {
    const project = join(folder, 'project');
    await makeTinyProject(project);
    const valid = requests(project);
    const handlers = makeHandlers(project);
    // Whichever message comes first would have to wait until modules are loaded and a network is compiled.
    for (const request of valid) {
      await ask(handlers, {
        bytes: framed(JSON.stringify({ jsonrpc: '2.0', id: 1, ...request })),
        framed: true,
      });
    }
    return {
      read: (random) => ask(handlers, malformed(valid[random.int(valid.length)]!, random)),
    };
  };
}

export const serveSubject = serverSubject((project) => {
  const opened = new OpenedPaths();
  opened.replace({ projects: [project], files: [] });
  return createHandlers({ device: 'cpu', threads: 1 }, opened);
});

async function ask(handlers: ServeHandlers, message: { bytes: Buffer; framed: boolean }): Promise<Reading> {
  const input = new PassThrough();
  const output = new PassThrough();
  const ended = serve({ input, output, handlers, idleMs: IDLE_MS });
  let written = Buffer.alloc(0);
  const answered = new Promise<void>((resolve) => {
    output.on('data', (chunk: Buffer) => {
      written = Buffer.concat([written, chunk]);
      if (messagesIn(written).some(({ id }) => id === PING)) resolve();
    });
  });
  input.write(message.bytes);
  input.write(
    framed(
      JSON.stringify({ jsonrpc: '2.0', id: PING, method: 'devices', params: { device: 'cpu', threads: 1 } }),
    ),
  );
  // Without frames, only the end of the input is sure to be understood.
  if (message.framed) await answered;
  input.end();
  await ended;
  const answers = messagesIn(written);
  const errors = answers.flatMap(({ id, error }) => (error === undefined || id === PING ? [] : [error]));
  return {
    accepted: errors.length === 0,
    faults: errors.flatMap(({ message: text }) => faultsOfText(text)),
  };
}

/**
 * How long does an editor wait for the language server? npm run bench -- language [concepts]
 * Creates a project of 1,000 concepts in a temporary folder and measures, as the editor sees them: the first check of
 * the whole project, from opening a file until its problems arrive, and the check of an edited file, from the keystroke
 * until its problems arrive, including the server's pause after a keystroke. Exits with 1 if either is too slow.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { PublishDiagnosticsParams } from 'vscode-languageserver';
import { EFFECT_NAMES } from '../../src/project/schema/effects.ts';
import { median, quantile } from '../step/statistics.ts';

const concepts = Number(process.argv[2] ?? 1000);
const EDITS = 40;
const MOST_MS = { project: 2000, edit: 100 };
/** Number of concepts that share one folder of images. */
const CONCEPTS_PER_FOLDER = 20;
const IMAGES_PER_FOLDER = 100;

const conceptText = (i: number, effect: string) =>
  `prompt: scene ${i} as number ${i} of many\ntags: [zoo, group-${i % 10}]\npairs:\n` +
  `  source: ../images/${Math.floor(i / CONCEPTS_PER_FOLDER)}\n  target:\n    effect:\n      - ${effect}\n      - vignette: { strength: 0.5 }\n`;

const effectOf = (i: number) => EFFECT_NAMES[i % EFFECT_NAMES.length]!;

async function makeProject(folder: string): Promise<void> {
  await mkdir(join(folder, 'concepts'));
  for (let i = 0; i < concepts / CONCEPTS_PER_FOLDER; i++) {
    const images = join(folder, 'images', `${i}`);
    await mkdir(images, { recursive: true });
    for (let j = 0; j < IMAGES_PER_FOLDER; j++) await writeFile(join(images, `${j}.png`), '');
  }
  for (let i = 0; i < concepts; i++) {
    await writeFile(conceptFile(folder, i), conceptText(i, effectOf(i)));
  }
  await writeFile(
    join(folder, 'bench.training.yaml'),
    `extends: preset:fast\ncollect:\n  concepts: { include: [zoo] }\n  holdOut: [concept-1, group-3]\nbase:\n  concepts: [${Array.from({ length: 200 }, (_, i) => `concept-${i * 5}`).join(', ')}]\n`,
  );
}

const conceptFile = (folder: string, i: number) => join(folder, 'concepts', `concept-${i}.concept.yaml`);

const folder = await mkdtemp(join(tmpdir(), 'dnw-bench-language-'));
const server = spawn(process.execPath, [fileURLToPath(new URL('server.mjs', import.meta.url)), '--stdio'], {
  stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
});

/**
 * Milliseconds of CPU time that the server has used since it started: on a busy machine more reliable than the clock.
 */
async function computed(): Promise<number> {
  const answer = once(server, 'message') as Promise<[NodeJS.CpuUsage]>;
  server.send('usage');
  const [{ user, system }] = await answer;
  return (user + system) / 1000;
}

try {
  await makeProject(folder);
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout!),
    new StreamMessageWriter(server.stdin!),
  );
  let onPublished: (published: PublishDiagnosticsParams) => void = () => {};
  connection.onNotification('textDocument/publishDiagnostics', (published) => onPublished(published));
  connection.listen();
  /** Milliseconds from a message until the diagnostics of a file satisfy a condition. */
  const timed = (uri: string, send: () => Promise<void>, isThere: (count: number) => boolean) =>
    new Promise<number>((resolve, reject) => {
      const begun = performance.now();
      onPublished = ({ uri: published, diagnostics }) => {
        if (published === uri && isThere(diagnostics.length)) resolve(performance.now() - begun);
      };
      send().catch(reject);
    });

  await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  await connection.sendNotification('initialized', {});
  const file = conceptFile(folder, 7);
  const uri = pathToFileURL(file).href;
  const opened = { uri, languageId: 'dnw-concept', version: 1, text: conceptText(7, effectOf(7)) };
  const begin = await computed();
  const project = await timed(
    uri,
    () => connection.sendNotification('textDocument/didOpen', { textDocument: opened }),
    (count) => count === 0,
  );
  const loaded = await computed();
  const edits: number[] = [];
  for (let i = 0; i < EDITS; i++) {
    const isWrong = i % 2 === 0;
    const text = conceptText(7, isWrong ? 'nothing-of-the-kind' : effectOf(7));
    const change = { textDocument: { uri, version: i + 2 }, contentChanges: [{ text }] };
    edits.push(
      await timed(
        uri,
        () => connection.sendNotification('textDocument/didChange', change),
        (count) => count > 0 === isWrong,
      ),
    );
  }
  const edited = await computed();
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  connection.dispose();

  const edit = median(edits);
  const line = (what: string, ms: number, cpu: number, most: number) =>
    console.log(
      `${what}: ${ms.toFixed(0)} ms, ${cpu.toFixed(0)} ms of CPU time ` +
        `(limit ${most} ms: ${ms <= most ? 'met' : 'exceeded'})`,
    );
  console.log(`${concepts} concepts, ${EDITS} edits, Node.js ${process.version}`);
  line('whole project, first check', project, loaded - begin, MOST_MS.project);
  line('edited file, median', edit, (edited - loaded) / EDITS, MOST_MS.edit);
  console.log(`edited file, 90 % within ${quantile(edits, 0.9).toFixed(0)} ms`);
  if (project > MOST_MS.project || edit > MOST_MS.edit) process.exitCode = 1;
} finally {
  server.kill();
  await rm(folder, { recursive: true });
}

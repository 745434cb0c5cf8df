// Stands in for the engine. Of a run: begins it, then waits to be stopped; when resumed, or preparing pairs, ends well. As
// a server: describes a training config by its name; exports what it was asked for; answers with statistics of two layers; of fine-tuned weights never, but leaves `statistics-asked` in the project.
// Called as the engine is: <dnw.mjs> <stage> --project=... [--run-id=... | --resume=...]
import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';

const [, stage, ...args] = process.argv.slice(2);
if (stage === 'serve') serve();
else run();

function run() {
  const value = (flag) => args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1);
  const resumed = value('--resume') !== undefined;
  const runId = value('--run-id') ?? value('--resume');
  const folder = join(value('--project'), 'runs', runId);
  const stopRequest = join(folder, 'stop-request');
  const emit = (event) =>
    appendFileSync(join(folder, 'events.jsonl'), `${JSON.stringify({ time: Date.now(), ...event })}\n`);

  writeFileSync(
    join(folder, `owner-${resumed ? 2 : 1}.json`),
    JSON.stringify({ pid: process.pid, host: hostname() }),
  );
  if (resumed) rmSync(stopRequest, { force: true });
  else {
    const [concept, training] = [value('--concept'), value('--training')];
    const name = concept ?? training;
    const record = { version: 1, id: runId, stage, name, created: Date.now(), seed: 1, hashes: {} };
    const rest = {
      training: `${training}.training.yaml`,
      ...(concept && { concept: `concepts/${concept}.concept.yaml` }),
      options: { arguments: args },
    };
    writeFileSync(
      join(folder, 'run.json'),
      JSON.stringify({ ...record, ...rest, config: {}, versions: { dnw: '1.0.0' } }),
    );
  }
  emit({
    type: 'started',
    runId,
    stage,
    name: basename(folder),
    pid: process.pid,
    host: hostname(),
    resumed,
  });
  if (resumed || stage === 'prepare') emit({ type: 'finished', status: 'succeeded', seconds: 1 });
  else {
    emit({ type: 'progress', message: 'denoising', done: 1, total: 4, unit: 'steps' });
    const timer = setInterval(() => {
      if (!existsSync(stopRequest)) return;
      clearInterval(timer);
      emit({ type: 'finished', status: 'stopped', seconds: 1 });
    }, 20);
  }
}

function serve() {
  const rpc = createRequire(import.meta.url)('vscode-jsonrpc/node');
  const connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(process.stdin),
    new rpc.StreamMessageWriter(process.stdout),
  );
  connection.onRequest('describe', ({ project, training }) => ({ text: `${training} of ${project}\n` }));
  let opened = [];
  connection.onNotification('opened', ({ files }) => {
    opened = files;
  });
  // What it was asked for is all that it writes.
  connection.onRequest('export', ({ output, ...params }) => {
    if (!opened.includes(output)) throw new Error(`${output} was not chosen`);
    writeFileSync(output, JSON.stringify(params));
    return null;
  });
  connection.onRequest('statistics', ({ project, training, concept, weights }, token) => {
    if (weights.includes('fine-tuned')) {
      writeFileSync(join(project, 'statistics-asked'), '');
      return new Promise((_answer, refuse) => {
        token.onCancellationRequested(() => refuse(new rpc.ResponseError(-32800, 'cancelled')));
      });
    }
    return statistics(training, concept, weights);
  });
  connection.onClose(() => process.exit());
  connection.listen();
}

function statistics(training, concept, file) {
  const moments = (count, norm, notFinite = 0) => ({
    count,
    notFinite,
    mean: 0,
    std: 0.1,
    min: -1,
    max: 1,
    norm,
  });
  const histogram = { edges: [], weights: [], zoo: [] };
  const layer = (name, notFinite) => ({
    name,
    shape: [5, 5],
    rank: 2,
    weights: moments(25, 1, notFinite),
    zoo: moments(100, 4),
    histogram,
  });
  return {
    training,
    concept,
    weights: { kind: 'denoised', label: 'denoised', file, modified: 0 },
    zooMembers: 4,
    summary: { weights: moments(50, 2), zoo: moments(200, 8) },
    histogram,
    layers: [layer('down1.lora.up', 0), layer('up1.lora.up', 3)],
    blocks: { size: 256, layer: [], rms: [], zooMean: [], zooStd: [] },
    map: { points: [], explained: [0, 0] },
    nearest: [],
  };
}

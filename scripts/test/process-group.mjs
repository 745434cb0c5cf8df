import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** In the environment of everything the tests start, so that what they leave running can be found. */
const markerVariable = 'DNW_TEST_RUN';
const marker = `${process.pid}-${Date.now()}`;

/** Without a terminal no colours, whatever a tool takes for a sign of one. */
const plain = process.stdout.isTTY ? {} : { NO_COLOR: '1' };

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It has ended by itself.
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Kills every process that a suite started and left behind, detached ones (a run's engine, a server) too.
 * Linux tells the environment of each process; elsewhere only the suite's own group is known.
 */
export function killLeftovers() {
  if (process.platform !== 'linux') return;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    let environment;
    try {
      environment = readFileSync(`/proc/${entry}/environ`, 'utf8');
    } catch {
      // Ended meanwhile, or another user's.
      continue;
    }
    if (environment.split('\0').includes(`${markerVariable}=${marker}`)) signal(Number(entry), 'SIGKILL');
  }
}

/**
 * Runs one program of a suite in its own process group, with its output shown, within a limit.
 * @param {string[]} command program and arguments
 * @param {{env?: Record<string, string>, limitMs: number}} options
 * @returns {Promise<boolean>} whether it ended with status 0
 */
export function runInGroup([program, ...args], { env = {}, limitMs }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...plain, ...env, [markerVariable]: marker },
      detached: process.platform !== 'win32',
      shell: process.platform === 'win32' && program === 'npm',
    });
    const kill = () =>
      process.platform !== 'win32' && child.pid !== undefined && signal(-child.pid, 'SIGKILL');
    const timer = setTimeout(() => {
      console.log(`${program} ${args.join(' ')}: ended after ${limitMs / 60_000} minutes`);
      kill();
    }, limitMs);
    child.on('error', (error) => {
      console.log(`${program} could not be started: ${error.message}`);
      clearTimeout(timer);
      resolve(false);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      kill();
      resolve(code === 0);
    });
  });
}

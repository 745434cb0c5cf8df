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

/** A program that is asked to end may first write down what it has seen. */
const graceMs = 10_000;

/**
 * Starts one program of a suite in its own process group.
 * @param {string[]} command program and arguments
 * @param {{env?: Record<string, string>, quiet?: boolean}} options `quiet` keeps its output instead of showing it
 * @returns {{ended: Promise<{succeeded: boolean, how: string, output: string}>, end: () => void}}
 * `end` asks it to end, and kills its group where it does not
 */
export function startInGroup([program, ...args], { env = {}, quiet = false } = {}) {
  const child = spawn(program, args, {
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    env: { ...process.env, ...plain, ...env, [markerVariable]: marker },
    detached: process.platform !== 'win32',
    shell: process.platform === 'win32' && program === 'npm',
  });
  const killGroup = () => {
    if (process.platform !== 'win32' && child.pid !== undefined) signal(-child.pid, 'SIGKILL');
  };
  let timer;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text) => {
      output += text;
    });
  }
  const ended = new Promise((resolve) => {
    const settle = (succeeded, how) => {
      clearTimeout(timer);
      resolve({ succeeded, how, output });
    };
    child.on('error', (error) => settle(false, `${program} could not be started: ${error.message}`));
    child.on('exit', killGroup);
    child.on('close', (code, endedBy) => settle(code === 0, endedBy ?? `exit status ${code}`));
  });
  const end = () => {
    child.kill('SIGTERM');
    timer = setTimeout(killGroup, graceMs);
  };
  return { ended, end };
}

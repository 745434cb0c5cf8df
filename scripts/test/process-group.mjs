import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Environment variable that marks everything the tests start, so that leftover processes can be found. */
const markerVariable = 'DNW_TEST_RUN';
const marker = `${process.pid}-${Date.now()}`;

/** Disables colors without a terminal, whatever other signs a tool goes by. */
const plain = process.stdout.isTTY ? {} : { NO_COLOR: '1' };

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It has already ended.
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Kills every process that a suite started and left running, including detached ones (a run's engine, a server). On
 * Linux the environment of each process identifies them; elsewhere only the suite's own group is known.
 */
export function killLeftovers() {
  if (process.platform !== 'linux') return;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    let environment;
    try {
      environment = readFileSync(`/proc/${entry}/environ`, 'utf8');
    } catch {
      // It has ended in the meantime, or belongs to another user.
      continue;
    }
    if (environment.split('\0').includes(`${markerVariable}=${marker}`)) signal(Number(entry), 'SIGKILL');
  }
}

/** Time that a program gets to write its results after it is asked to end. */
const graceMs = 10_000;

/**
 * Starts one program of a suite in its own process group.
 * @param {string[]} command program and arguments
 * @param {{env?: Record<string, string>, quiet?: boolean}} options `quiet` keeps its output instead of showing it
 * @returns {{ended: Promise<{succeeded: boolean, how: string, output: string}>, end: () => void}}
 *   `end` asks the program to end, and kills its group if it does not
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

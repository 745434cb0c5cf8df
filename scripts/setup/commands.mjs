import { spawn } from 'node:child_process';

const windows = process.platform === 'win32';

/**
 * The environment for a nested npm, without the variables of an outer `npm run` or `npx` about its own package, which
 * npm would read as configuration.
 */
function environmentForNpm() {
  const kept = Object.entries(process.env).filter(
    ([key]) => !/^npm_(package|lifecycle|command|config_local_prefix|config_global_prefix)/i.test(key),
  );
  // A production environment would omit the development dependencies.
  return Object.fromEntries(kept.filter(([key]) => key !== 'NODE_ENV'));
}

/**
 * Runs a program to its end and shows its output.
 * @returns {Promise<void>} rejects with the command line and exit status if it fails
 */
export function runCommand(program, args, { cwd, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    // On Windows npm is a command file, which only a shell can start.
    const child = spawn(program, args, { cwd, env, stdio: 'inherit', shell: windows && program === 'npm' });
    child.on('error', reject);
    child.on('close', (code, signal) =>
      code === 0
        ? resolve()
        : reject(
            new Error(`\`${[program, ...args].join(' ')}\` failed (${signal ?? `exit status ${code}`})`),
          ),
    );
  });
}

export function runNpm(args, cwd) {
  return runCommand('npm', args, { cwd, env: environmentForNpm() });
}

/** Prints a title, performs the action and prints how long it took. */
export async function timedStep(title, action) {
  console.log(`[set-up] ${title}`);
  const start = performance.now();
  const result = await action();
  console.log(`[set-up] ${title}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

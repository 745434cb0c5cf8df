/** File systems of the test's own: where the machine and the user allow it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mounted = new Set<string>();

function mount(folder: string, ...args: string[]): void {
  execFileSync('mount', [...args, folder], { stdio: 'pipe' });
}

/** Mounts a file system of that size in memory. */
export function mountSmall(folder: string, bytes: number): void {
  mkdirSync(folder, { recursive: true });
  mount(folder, '-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs');
  mounted.add(folder);
}

export function enlarge(folder: string, bytes: number): void {
  mount(folder, '-o', `remount,size=${bytes}`);
}

/** Makes a folder read-only, with everything in it, until it is unmounted. */
export function mountReadOnly(folder: string): void {
  mount(folder, '--bind', folder);
  mounted.add(folder);
  mount(folder, '-o', 'remount,ro,bind');
}

export function unmount(folder: string): void {
  execFileSync('umount', [folder], { stdio: 'pipe' });
  mounted.delete(folder);
}

// An error in between must not leave a mount on the machine.
process.once('exit', () => {
  for (const folder of mounted) execFileSync('umount', [folder], { stdio: 'pipe' });
});

/** Why file systems cannot be mounted here; undefined if they can. */
export function whyNoMounts(): string | undefined {
  if (process.platform !== 'linux') return 'mounting is only known for Linux';
  if (process.getuid?.() !== 0) return 'only root can mount';
  const probe = mkdtempSync(join(tmpdir(), 'dnw-mount-'));
  try {
    mountSmall(probe, 2 ** 20);
    unmount(probe);
    return undefined;
  } catch {
    return 'this machine refuses to mount';
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { nativePackages } from '../build/bundles.mjs';
import { cacheFolder, repository } from '../setup/paths.mjs';

/** Packages used only by an install script that never runs (.npmrc). */
const installTimeOnly = new Set(['adm-zip', 'global-agent']);

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The entry in the lock file that Node.js would resolve `name` to from the package at `from`. */
function resolveInLock(packages, from, name) {
  const nested = `${from}/node_modules/${name}`;
  return packages[nested] ? nested : `node_modules/${name}`;
}

function suits(entry, { os, cpu, libc }) {
  const allows = (list, value) => list === undefined || list.includes(value);
  return allows(entry.os, os) && allows(entry.cpu, cpu) && (libc === undefined || allows(entry.libc, libc));
}

/**
 * The packages that the engine loads at run time on one platform, in the versions of package-lock.json.
 * @returns {{name: string, version: string, integrity: string, license: string}[]}
 */
function runtimePackages(platform) {
  const { packages } = readJson(join(repository, 'package-lock.json'));
  const found = new Map();
  const visit = (path) => {
    const entry = packages[path];
    if (entry === undefined) throw new Error(`package-lock.json has no ${path}`);
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (found.has(name) || !suits(entry, platform)) return;
    found.set(name, { name, version: entry.version, integrity: entry.integrity, license: entry.license });
    for (const dependency of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      if (!installTimeOnly.has(dependency)) visit(resolveInLock(packages, path, dependency));
    }
  };
  for (const name of nativePackages) visit(`node_modules/${name}`);
  return [...found.values()];
}

/** The folder of a package in its pinned version: in node_modules, or downloaded to .cache/ for another platform. */
function packageFolder({ name, version, integrity }) {
  const installed = join(repository, 'node_modules', name);
  if (existsSync(installed) && readJson(join(installed, 'package.json')).version === version)
    return installed;
  const fetched = join(cacheFolder, 'packages', `${name.replace('/', '+')}-${version}`);
  if (existsSync(fetched)) return fetched;
  const temporary = `${fetched}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  const windows = process.platform === 'win32';
  const packed = JSON.parse(
    execFileSync('npm', ['pack', `${name}@${version}`, '--json', '--pack-destination', temporary], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      shell: windows,
    }),
  );
  const [{ filename, integrity: packedIntegrity }] = Array.isArray(packed) ? packed : Object.values(packed);
  if (packedIntegrity !== integrity) {
    throw new Error(
      `${name}@${version} has integrity ${packedIntegrity}; package-lock.json has ${integrity}`,
    );
  }
  execFileSync('tar', ['-xzf', filename], { cwd: temporary });
  renameSync(join(temporary, 'package'), fetched);
  rmSync(temporary, { recursive: true });
  return fetched;
}

/** Whether a package's file is needed at run time on the platform. */
function ships(name, path, { os, cpu }) {
  if (/\.(map|ts|mts|cts)$/.test(path)) return false;
  const [top, , fileOs, fileCpu] = path.split(sep);
  // Its sources and build files.
  if (name === 'koffi')
    return !['doc', 'lib', 'vendor'].includes(top) && !/\.(cc|hh|inc|S|asm|txt)$/.test(path);
  if (name === 'sharp') return top !== 'src' && top !== 'install';
  if (name === 'onnxruntime-node') {
    // The binding asks for libonnxruntime.1.dylib; the other name is a second copy of the same file.
    if (/^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(basename(path))) return false;
    const otherPlatform = top === 'bin' && ((fileOs ?? os) !== os || (fileCpu ?? cpu) !== cpu);
    return top !== 'script' && top !== 'lib' && !otherPlatform;
  }
  return true;
}

/**
 * Copies the native packages and what they load, for one platform, into a node_modules folder.
 * @returns {{name: string, version: string, license: string, folder: string}[]} what was copied
 */
export function copyNativePackages(platform, nodeModules) {
  return runtimePackages(platform).map((wanted) => {
    const source = packageFolder(wanted);
    const folder = join(nodeModules, wanted.name);
    mkdirSync(dirname(folder), { recursive: true });
    cpSync(source, folder, {
      recursive: true,
      filter: (file) => file === source || ships(wanted.name, relative(source, file), platform),
    });
    return { name: wanted.name, version: wanted.version, license: wanted.license, folder };
  });
}

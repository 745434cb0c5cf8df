// Packages the extension, one .vsix per platform: npm run package [-- <target>...]
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { buildBundles } from './build/bundles.mjs';
import { copyExampleProject } from './example-project.mjs';
import { copyNativePackages } from './package/native-packages.mjs';
import { bundledPackageFolders, thirdPartyNotices } from './package/notices.mjs';
import { cacheFolder, repository } from './setup/paths.mjs';

const targets = {
  'linux-x64': { os: 'linux', cpu: 'x64', libc: 'glibc' },
  'win32-x64': { os: 'win32', cpu: 'x64' },
  'darwin-arm64': { os: 'darwin', cpu: 'arm64' },
};

/** Files that ship unchanged. */
const shipped = [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'package.nls.json',
  'media',
  'syntaxes',
  'docs/troubleshooting.md',
];

/** The manifest without what only development needs: dependencies are bundled or ship next to the engine. */
function shippedManifest() {
  const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  for (const key of [
    'private',
    'scripts',
    'bin',
    'dependencies',
    'optionalDependencies',
    'devDependencies',
  ]) {
    delete manifest[key];
  }
  return manifest;
}

/**
 * Stages and packages the extension for one platform.
 * @param {string} target one of `targets`
 * @returns {Promise<string>} the path of the .vsix
 */
export async function packageExtension(target) {
  const platform = targets[target];
  if (platform === undefined) {
    throw new Error(`There is no target '${target}'. Targets: ${Object.keys(targets).join(', ')}`);
  }
  const folder = join(cacheFolder, 'package');
  const staging = join(folder, target);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const { inputs } = await buildBundles({ outputFolder: `${staging}/dist`, production: true });
  // Next to the engine, where its bundle looks first; vsce leaves out a node_modules folder at the top level.
  const native = copyNativePackages(platform, join(staging, 'dist/engine/node_modules'));
  for (const name of shipped) cpSync(join(repository, name), join(staging, name), { recursive: true });
  copyExampleProject(join(staging, 'examples/quickstart'));
  const manifest = shippedManifest();
  writeFileSync(join(staging, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const folders = [...bundledPackageFolders(inputs), ...native.map((entry) => entry.folder)];
  writeFileSync(join(staging, 'ThirdPartyNotices.txt'), thirdPartyNotices(folders));
  const packagePath = join(folder, `${manifest.name}-${target}-${manifest.version}.vsix`);
  // Everything staged ships.
  writeFileSync(join(staging, '.vscodeignore'), '');
  await createVSIX({
    cwd: staging,
    packagePath,
    target,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  console.log(`${packagePath}: ${(statSync(packagePath).size / 2 ** 20).toFixed(1)} MiB`);
  return packagePath;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  for (const target of wanted.length > 0 ? wanted : Object.keys(targets)) await packageExtension(target);
}

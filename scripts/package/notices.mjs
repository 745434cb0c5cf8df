import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../setup/paths.mjs';

/** Folders of the packages that the bundles contain parts of. */
export function bundledPackageFolders(inputs) {
  const folders = inputs.map((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].map((folder) =>
    join(repository, folder),
  );
}

/** License texts of packages that name their license but do not include its text. */
const keptLicenses = {
  'onnxruntime-common': 'scripts/package/onnxruntime-license.txt',
  'onnxruntime-node': 'scripts/package/onnxruntime-license.txt',
  'onnxruntime-web': 'scripts/package/onnxruntime-license.txt',
};

function licenseText(folder, name) {
  const own = readdirSync(folder).find((file) => /^(licen[cs]e|copying)/i.test(file));
  const kept = keptLicenses[name];
  if (own === undefined && kept === undefined) return undefined;
  return readFileSync(own === undefined ? join(repository, kept) : join(folder, own), 'utf8').trim();
}

function notice(folder) {
  const {
    name,
    version,
    license,
    author,
    repository: source,
  } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const holder = typeof author === 'object' ? author.name : author;
  const heading = `${name} ${version} (${typeof license === 'object' ? license.type : license})`;
  const origin = [holder, typeof source === 'object' ? source.url : source].filter(Boolean).join(', ');
  return [heading, origin, licenseText(folder, name)].filter(Boolean).join('\n\n');
}

const rule = `\n\n${'-'.repeat(80)}\n\n`;

/** Names, licenses and license texts of packages. @param {string[]} folders */
export function noticesOf(folders) {
  return `${[...new Set(folders.map(notice))].sort().join(rule)}\n`;
}

/** The notices of all third-party packages in the extension. */
export function thirdPartyNotices(folders) {
  return `This extension contains parts of the packages below, each under its own license.${rule}${noticesOf(folders)}`;
}

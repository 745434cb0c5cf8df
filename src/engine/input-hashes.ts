import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { listMembers } from '../data/zoo.ts';
import { PROMPT_FILES } from '../data/zoo-prompts.ts';
import { baseHashOf, hashContent, hashFile } from '../project/disk/file-hash.ts';
import { featureNetworkFile } from '../project/feature-network.ts';
import type { LoadedTraining, Project } from '../project/load.ts';
import { projectPaths } from '../project/paths.ts';
import { type Stage, stageEntry } from '../protocol/stages.ts';

/**
 * SHA-256 (hexadecimal) of each existing input file of a stage, by name.
 * @param zoo folder of weight files that the stage works on instead of the project's base and zoo
 */
export async function inputHashes(
  stage: Stage,
  project: Project,
  training: LoadedTraining,
  zoo?: string,
): Promise<Record<string, string>> {
  if (zoo !== undefined) return { zoo: await hashListing(zoo) };
  const paths = projectPaths(project.folder);
  const basePath = paths.base(training.name);
  const base = existsSync(basePath) ? await hashFile(basePath) : undefined;
  const hashes: Record<string, string> = {};
  for (const input of stageEntry(stage).inputs) {
    if (input === 'base' && base !== undefined) hashes.base = base;
    if (input === 'zoo' && base !== undefined) hashes.zoo = await hashListing(paths.zooOf(baseHashOf(base)));
    if (input === 'weight-generator' && existsSync(paths.weightGenerator(training.name))) {
      hashes['weight-generator'] = await hashFile(paths.weightGenerator(training.name));
    }
    const network = featureNetworkFile(training);
    if (input === 'feature-network' && network !== undefined && existsSync(network)) {
      hashes['feature-network'] = await hashFile(network);
    }
  }
  return hashes;
}

/** Hashes names, sizes and times of a zoo's files and prompt files; reading hundreds of them whole would take too long. */
async function hashListing(folder: string): Promise<string> {
  const members = (await listMembers(folder)).map(({ path }) => path);
  const prompts = PROMPT_FILES.map((name) => join(folder, name)).filter((path) => existsSync(path));
  const paths = [...members, ...prompts].sort();
  const lines = paths.map(async (path) => `${basename(path)} ${await sizeAndTime(path)}`);
  return hashContent((await Promise.all(lines)).join('\n'));
}

/** Nothing for a file that is listed but does not exist, such as a broken link: the stage says so when it reads the file. */
async function sizeAndTime(path: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(path);
    return `${size} ${mtimeMs}`;
  } catch {
    return '';
  }
}

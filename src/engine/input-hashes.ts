import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { PROMPT_FILES } from '../data/zoo-prompts.ts';
import { baseHashOf, hashContent, hashFile } from '../project/disk/file-hash.ts';
import { namesTaken } from '../project/disk/passed-over.ts';
import { featureNetworkFile } from '../project/feature-network.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../project/load.ts';
import { projectPaths } from '../project/paths.ts';
import { type Stage, stageEntry } from '../protocol/stages.ts';

/**
 * SHA-256 (hexadecimal) of each existing input of a stage, by name.
 * @param zoo folder of weight files that the stage works on instead of the project's base and zoo
 */
export async function inputHashes(
  stage: Stage,
  project: Project,
  training: LoadedTraining,
  concept: LoadedConcept | undefined,
  zoo?: string,
): Promise<Record<string, string>> {
  if (zoo !== undefined) return { zoo: await hashListing(zoo) };
  const paths = projectPaths(project.folder);
  const basePath = paths.base(training.name);
  const base = existsSync(basePath) ? await hashFile(basePath) : undefined;
  const hashes: Record<string, string> = {};
  for (const input of stageEntry(stage).inputs) {
    if (input === 'concept' && concept !== undefined)
      hashes.concept = hashContent(JSON.stringify(concept.config));
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
  if (!existsSync(folder)) return hashContent('');
  const prompts: readonly string[] = PROMPT_FILES;
  const members = namesTaken(await readdir(folder))
    .filter((name) => name.endsWith('.safetensors') || prompts.includes(name))
    .sort();
  const lines = members.map(async (name) => {
    const { size, mtimeMs } = await stat(`${folder}/${name}`);
    return `${name} ${size} ${mtimeMs}`;
  });
  return hashContent((await Promise.all(lines)).join('\n'));
}

import { access } from 'node:fs/promises';
import type { DiskView } from '../disk/disk-view.ts';
import { readSafetensorsHeader } from '../disk/safetensors-header.ts';
import { projectPaths } from '../paths.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../project.ts';
import { zooConcepts } from '../selection.ts';
import { UserError } from '../user-error.ts';
import { ImageStamps } from './image-stamps.ts';
import { memberInputs, memberState } from './member-inputs.ts';
import type { MemberState } from './member-state.ts';

/** Reads the metadata of a member's file; undefined if there is none. */
export type ReadMemberMetadata = (path: string) => Promise<Readonly<Record<string, string>> | undefined>;

/**
 * The state of every concept that a training config collects in the zoo of its base. Only file headers are read.
 * @param baseHash hash of the config's base; without a base every member is missing
 */
export async function zooStates(
  project: Pick<Project, 'folder' | 'concepts'>,
  training: LoadedTraining,
  baseHash: string | undefined,
  view: DiskView,
  readMetadata: ReadMemberMetadata = readMemberMetadata,
): Promise<Map<LoadedConcept, MemberState>> {
  const stamps = new ImageStamps(view);
  const paths = projectPaths(project.folder);
  const states = new Map<LoadedConcept, MemberState>();
  for (const concept of zooConcepts(project, training)) {
    const metadata =
      baseHash === undefined ? undefined : await readMetadata(paths.zooMember(baseHash, concept.name));
    states.set(
      concept,
      metadata === undefined
        ? { state: 'missing' }
        : memberState(metadata, await memberInputs(concept, training, stamps)),
    );
  }
  return states;
}

/** Reads the metadata of a member's file. A damaged file counts as missing: it has to be collected again. */
export async function readMemberMetadata(
  path: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    await access(path);
    return (await readSafetensorsHeader(path)).metadata;
  } catch (error) {
    if (error instanceof UserError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

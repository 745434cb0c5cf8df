import { listMembers } from '../../data/zoo.ts';
import type { LoadedTraining, Project } from '../../project/load.ts';
import { projectPaths } from '../../project/paths.ts';
import { zooConcepts } from '../../project/selection.ts';
import type { NamedWeights } from '../metrics/weight-statistics.ts';
import type { BaseModel } from '../weights/base-model.ts';
import { fileVersion } from '../weights/chosen-weights.ts';
import { finalVector, readZoo } from '../weights/zoo-vectors.ts';
import type { WarmBase } from './warm-base.ts';

export interface ZooOfBase {
  readonly base: BaseModel;
  readonly members: readonly NamedWeights[];
  /** Identifies the base, member files and selection from which it was read. */
  readonly key: string;
}

/** The zoo that was requested last, kept until its base, its files or the selection change. */
export class WarmZoo {
  readonly #bases: WarmBase;
  #loaded: ZooOfBase | undefined;

  constructor(bases: WarmBase) {
    this.#bases = bases;
  }

  /** Loads the zoo. @throws UserError if base or zoo is missing, or a member's weights are not finite */
  async load(project: Project, training: LoadedTraining): Promise<ZooOfBase> {
    const base = await this.#bases.load(project, training);
    const folder = projectPaths(project.folder).zooOf(base.hash);
    const files = await listMembers(folder);
    const versions = await Promise.all(files.map(({ path }) => fileVersion(path)));
    const selected = zooConcepts(project, training).map(({ name }) => name);
    const key = JSON.stringify([base.hash, versions, selected]);
    if (this.#loaded?.key === key) return this.#loaded;
    const members = await readZoo(project, training, base);
    this.#loaded = {
      base,
      members: members.map((member) => {
        const { concept, prompt } = member;
        return { concept, prompt, kind: 'zoo' as const, vector: finalVector(member) };
      }),
      key,
    };
    return this.#loaded;
  }
}

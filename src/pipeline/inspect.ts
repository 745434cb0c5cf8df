import { createBlockSplitter } from '../data/blocks.ts';
import { fitStandardizer } from '../data/standardizer.ts';
import { listMembers, type ZooMember } from '../data/zoo.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../project/load.ts';
import { projectPaths } from '../project/paths.ts';
import { zooConcepts } from '../project/selection.ts';
import { UserError } from '../project/user-error.ts';
import type { WeightStatistics } from '../protocol/statistics.ts';
import type { BaseModel } from './base-model.ts';
import { fileVersion, readChosenWeights, weightsChoice, weightsFile } from './chosen-weights.ts';
import type { WarmBase } from './warm-base.ts';
import {
  blockStatistics,
  histogramPair,
  layerStatistics,
  type NamedWeights,
  nearestMembers,
  summarize,
  zooMap,
} from './weight-statistics.ts';
import { finalVector, readZoo } from './zoo-vectors.ts';

export interface InspectRequest {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly concept: LoadedConcept;
  /** `base`, `denoised`, `fine-tuned`, or a file, absolute or relative to the project folder. */
  readonly weights: string;
  /** Bars of every histogram. */
  readonly bins: number;
}

interface WarmZoo {
  readonly base: BaseModel;
  readonly members: readonly NamedWeights[];
  /** Which base, member files and selection it was read by. */
  readonly key: string;
}

/** Computes statistics of weights beside the zoo's; base and zoo stay in memory between calls. */
export class WeightInspector {
  readonly #bases: WarmBase;
  #zoo: WarmZoo | undefined;

  constructor(bases: WarmBase) {
    this.#bases = bases;
  }

  /** @throws UserError where base, zoo or weights are missing or do not fit each other */
  async statistics(request: InspectRequest): Promise<WeightStatistics> {
    const { project, training, concept, bins } = request;
    const { base, members } = await this.#zooOf(project, training);
    const file = weightsFile(project, training, concept, request.weights);
    const chosen = await readChosenWeights(file, project, training, concept, base);
    const vector = chosen.loraVector();
    const vectors = members.map((member) => member.vector);
    const { manifest } = base.lora;
    const { weightGenerator } = training.config;
    const splitter = createBlockSplitter(manifest, weightGenerator);
    const standardizer = fitStandardizer(weightGenerator.standardize, vectors, manifest);
    const { kind } = chosen;
    const shown = { concept: concept.name, prompt: concept.prompt, kind, vector };
    const summary = { weights: summarize([vector]), zoo: summarize(vectors) };
    const finite = summary.weights.notFinite === 0;
    return {
      training: training.name,
      concept: concept.name,
      weights: await weightsChoice(project, kind, file),
      zooMembers: members.length,
      summary,
      histogram: histogramPair([vector], vectors, bins),
      layers: layerStatistics(manifest, vector, vectors, bins),
      blocks: blockStatistics(splitter, manifest, vector, vectors),
      map: zooMap(standardizer, members, kind === 'zoo' || !finite ? [] : [shown]),
      nearest: finite ? nearestMembers(standardizer, members, vector) : [],
    };
  }

  async #zooOf(project: Project, training: LoadedTraining): Promise<WarmZoo> {
    const base = await this.#bases.load(project, training);
    const files = await listMembers(projectPaths(project.folder).zooOf(base.hash));
    const versions = await Promise.all(files.map(({ path }) => fileVersion(path)));
    const selected = zooConcepts(project, training).map(({ name }) => name);
    const key = JSON.stringify([base.hash, versions, selected]);
    if (this.#zoo?.key === key) return this.#zoo;
    const members = await readZoo(project, training, base);
    for (const member of members)
      refuseNotFinite(member, projectPaths(project.folder).zooOf(base.hash), training);
    this.#zoo = {
      base,
      members: members.map((member) => {
        const { concept, prompt } = member;
        return { concept, prompt, kind: 'zoo' as const, vector: finalVector(member) };
      }),
      key,
    };
    return this.#zoo;
  }
}

/** Nothing can be compared with a zoo that has such a member. */
function refuseNotFinite(member: ZooMember, folder: string, training: LoadedTraining): void {
  const { notFinite } = summarize([finalVector(member)]);
  if (notFinite === 0) return;
  const { concept } = member;
  throw new UserError(
    `${folder}: ${notFinite} weights of the zoo member ${concept} are NaN or infinite. Remove its file and ` +
      `collect it anew: dnw collect --training ${training.name} --concept ${concept}`,
  );
}

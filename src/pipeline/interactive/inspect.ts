import { LRUCache } from 'lru-cache';
import { createBlockSplitter } from '../../data/blocks.ts';
import { fitStandardizer, standardize } from '../../data/standardizer.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import { UserError } from '../../project/user-error.ts';
import type { HistogramPair, WeightStatistics } from '../../protocol/statistics.ts';
import {
  blockHistogram,
  blockStatistics,
  histogramPair,
  layerStatistics,
  nearestMembers,
  standardized,
  summarize,
  zooMap,
} from '../metrics/weight-statistics.ts';
import { fileVersion, readChosenWeights, weightsChoice, weightsFile } from '../weights/chosen-weights.ts';
import type { WarmZoo } from './warm-zoo.ts';

export interface InspectRequest {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly concept: LoadedConcept;
  /** `base`, `denoised`, `fine-tuned`, or a file, absolute or relative to the project folder. */
  readonly weights: string;
  /** Number of bars of every histogram. */
  readonly bins: number;
}

/** Number of cached answers: a page that was hidden and is shown again repeats its requests. */
const KEPT = 16;

/** Computes statistics of weights and of the zoo. The last results are kept until a file changes. */
export class WeightInspector {
  readonly #zoos: WarmZoo;
  /** Cached statistics, by everything that they depend on. */
  readonly #known = new LRUCache<string, WeightStatistics>({ max: KEPT });

  constructor(zoos: WarmZoo) {
    this.#zoos = zoos;
  }

  /** Statistics of weights and of the zoo. @throws UserError if base, zoo or weights are missing or do not match */
  async statistics(request: InspectRequest): Promise<WeightStatistics> {
    const { project, training, concept, weights, bins } = request;
    const { base, members, key: zooKey } = await this.#zoos.load(project, training);
    const file = weightsFile(project, training, concept, weights);
    const { weightGenerator } = training.config;
    const { name, prompt } = concept;
    const version = await fileVersion(file);
    const key = JSON.stringify([
      ...[project.folder, zooKey, version],
      ...[training.name, weightGenerator, name, prompt, bins],
    ]);
    const known = version === undefined ? undefined : this.#known.get(key);
    if (known) return known;
    const chosen = await readChosenWeights(file, project, training, concept, base, 'keep');
    const vector = chosen.loraVector();
    const vectors = members.map((member) => member.vector);
    const { manifest } = base.lora;
    const splitter = createBlockSplitter(manifest, weightGenerator);
    const standardizer = fitStandardizer(weightGenerator.standardize, vectors, manifest);
    const { kind, draw } = chosen;
    const zoo = standardized(standardizer, members);
    const shown = { concept: name, prompt, kind, vector: standardize(standardizer, vector) };
    const summary = { weights: summarize([vector]), zoo: summarize(vectors) };
    const finite = summary.weights.notFinite === 0;
    const statistics: WeightStatistics = {
      training: training.name,
      concept: name,
      weights: await weightsChoice(project, kind, file),
      ...(draw && { draw }),
      zooMembers: members.length,
      summary,
      histogram: histogramPair([vector], vectors, bins),
      layers: layerStatistics(manifest, vector, vectors, bins),
      blocks: blockStatistics(splitter, manifest, vector, vectors),
      map: zooMap(zoo, kind === 'zoo' || !finite ? [] : [shown]),
      nearest: finite ? nearestMembers(zoo, shown.vector) : [],
    };
    if (version !== undefined) this.#known.set(key, statistics);
    return statistics;
  }

  /** Histogram of one block. @throws UserError as `statistics` does, and if there is no block with this index */
  async blockHistogram(request: InspectRequest & { readonly block: number }): Promise<HistogramPair> {
    const { project, training, concept, weights, block, bins } = request;
    const { base, members } = await this.#zoos.load(project, training);
    const file = weightsFile(project, training, concept, weights);
    const chosen = await readChosenWeights(file, project, training, concept, base, 'keep');
    const splitter = createBlockSplitter(base.lora.manifest, training.config.weightGenerator);
    if (!(Number.isInteger(block) && block >= 0 && block < splitter.count)) {
      throw new UserError(
        'unknown-name',
        `There is no block ${block}: the weights have blocks 0 to ${splitter.count - 1}.`,
      );
    }
    return blockHistogram(
      splitter,
      block,
      chosen.loraVector(),
      members.map(({ vector }) => vector),
      bins,
    );
  }
}

import { representatives } from '../../data/k-means.ts';
import { Random } from '../../data/random.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/project.ts';
import { baseConcepts } from '../../project/selection.ts';
import { UserError } from '../../project/user-error.ts';
import { promptEncoderFor } from './prompt-encoders.ts';
import { promptDirections } from './prompt-features.ts';

/**
 * The concepts that a base is trained on. If the config gives a number, k-means divides the zoo's prompts into that
 * many clusters, and the concept nearest to the mean of each cluster is selected. This is E2GAN's choice, which embeds
 * prompts with CLIP; here they are the normalized features of the config's prompt encoder.
 * @throws UserError if the config selects no concept
 */
export async function representativeConcepts(
  project: Pick<Project, 'concepts'>,
  training: LoadedTraining,
  seed: number,
): Promise<LoadedConcept[]> {
  const { candidates, count } = baseConcepts(project, training);
  if (count === 0) {
    throw new UserError(
      'no-concept-selected',
      `${training.path}: base.concepts selects no concept, so there is nothing to train the base on. ` +
        'Add concepts to the project, or hold out fewer (collect.holdOut).',
    );
  }
  const prompts = candidates.map(({ prompt }) => prompt);
  const encoder = await promptEncoderFor(training.config).fit(prompts);
  const points = await promptDirections(encoder, prompts);
  return representatives(points, count, new Random(seed).fork('base-concepts')).map((i) => candidates[i]!);
}

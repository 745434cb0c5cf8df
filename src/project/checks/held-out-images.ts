import { imagesIn } from '../files/pair-source.ts';
import { problemInChain } from '../files/training-chain.ts';
import type { ImageSources } from '../images/image-sources.ts';
import { testOnlyNames } from '../images/image-split.ts';
import type { Problem, ProblemText } from '../problem.ts';
import type { LoadedConcept, LoadedTraining } from '../project.ts';
import { UserError } from '../user-error.ts';
import type { YamlDocument } from '../yaml/document.ts';
import type { KeyPath } from '../yaml/key-path.ts';

/**
 * Checks that there are images to hold out. If a concept has too few, at most half of them are: users who asked for more
 * are warned.
 */
export async function heldOutProblems(
  chain: readonly YamlDocument[],
  training: LoadedTraining,
  concepts: readonly LoadedConcept[],
  sources: ImageSources,
): Promise<Problem[]> {
  if (training.config.image.testOnly !== undefined) return checkTestOnly(chain, training, concepts, sources);
  const path: KeyPath = ['image', 'test'];
  if (!chain.some((document) => document.has(path))) return [];
  const { test } = training.config.image;
  const small: { name: string; count: number }[] = [];
  for (const concept of concepts) {
    const count = await sources.count(imagesIn(concept)[0]!.source);
    if (typeof count === 'number' && count > 0 && count < 2 * test) small.push({ name: concept.name, count });
  }
  if (small.length === 0) return [];
  const least = small.reduce((a, b) => (b.count < a.count ? b : a));
  const others = small.length > 1 ? ` (and ${small.length - 1} more)` : '';
  return [
    problemInChain(chain, path, {
      kind: 'few-images',
      message: `\`${least.name}\`${others} has ${least.count} images, too few to hold out ${test}.`,
      remedy: 'At most half of the images are held out; write a smaller number, or add images.',
      found: `${test}`,
      severity: 'warning',
    }),
  ];
}

/** Names of images that are only tested on leave something on both sides, and as many to test on as are wanted. */
async function checkTestOnly(
  chain: readonly YamlDocument[],
  { config }: LoadedTraining,
  concepts: readonly LoadedConcept[],
  sources: ImageSources,
): Promise<Problem[]> {
  const { test, testOnly } = config.image;
  const problem = (text: Pick<ProblemText, 'message' | 'remedy' | 'severity'>) => [
    problemInChain(chain, ['image', 'testOnly'], { kind: 'few-images', found: testOnly!, ...text }),
  ];
  try {
    testOnlyNames(config.image);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [
      problemInChain(chain, ['image', 'testOnly'], {
        kind: error.kind,
        message: error.message,
        remedy: 'It is a pattern for paths below the source folder, such as `val/**`.',
        found: testOnly!,
      }),
    ];
  }
  for (const concept of concepts) {
    const split = await sources.split(imagesIn(concept)[0]!.source, config.image);
    if (split === undefined) continue;
    if (split.train === 0 || split.test === 0)
      return problem({
        message: `The pattern matches ${split.test === 0 ? 'none' : 'all'} of the images of \`${concept.name}\`.`,
        remedy:
          'It is about paths below the source folder, such as `val/**`; some have to match, and some not.',
      });
    if (split.test < test)
      return problem({
        message: `The pattern matches ${split.test} of the images of \`${concept.name}\`, fewer than \`image.test\` (${test}).`,
        remedy: 'Write a smaller `image.test`, or a pattern that matches more images.',
        severity: 'warning',
      });
  }
  return [];
}

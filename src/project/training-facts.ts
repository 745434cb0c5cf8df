import { imagesIn } from './files/pair-source.ts';
import type { ImageSources } from './images/image-sources.ts';
import type { LoadedConcept, LoadedTraining, Project } from './project.ts';
import { baseConcepts, heldOutConcepts, zooConcepts } from './selection.ts';
import type { KeyPath } from './yaml/key-path.ts';

/** A fact that follows from a value and the rest of the project, and that no file states. */
export interface Fact {
  /** The value that it follows from. */
  path: KeyPath;
  /** The fact in a few words. */
  text: string;
  /** The explanation, in sentences. */
  detail: string;
}

/** Maximum number of names that a fact's detail lists. */
const MAX_NAMES = 20;

const counted = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** `12`, or `12 to 40`. */
function range(values: readonly number[], format: (value: number) => string = String): string {
  const [least, most] = [format(Math.min(...values)), format(Math.max(...values))];
  return least === most ? least : `${least} to ${most}`;
}

/** A number of epochs with its significant digits: 0.04, 2.5, 40. */
const epochsText = (epochs: number) =>
  epochs >= 10 ? epochs.toFixed(0) : `${Number(epochs.toPrecision(2))}`;

const names = (concepts: readonly LoadedConcept[]) => {
  const listed = concepts.slice(0, MAX_NAMES).map(({ name }) => name);
  const more = concepts.length - listed.length;
  return `${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

/** What a training config means in this project: which concepts, how many images, how many epochs. */
export async function trainingFacts(
  project: Pick<Project, 'concepts'>,
  training: LoadedTraining,
  sources: ImageSources,
): Promise<Fact[]> {
  const { config } = training;
  const zoo = zooConcepts(project, training);
  const heldOut = heldOutConcepts(project, training);
  const base = baseConcepts(project, training);
  const facts: Fact[] = [];
  if (zoo.length > 0) {
    const vectors = zoo.length * config.collect.checkpoints;
    facts.push(
      {
        path: ['collect', 'concepts'],
        text: counted(zoo.length, 'concept'),
        detail: `The zoo, without held-out concepts: ${names(zoo)}.`,
      },
      {
        path: ['collect', 'checkpoints'],
        text: counted(vectors, 'weight vector'),
        detail: `${counted(zoo.length, 'concept')} with ${counted(config.collect.checkpoints, 'checkpoint')} each.`,
      },
    );
    if (config.weightGenerator.latent > 0) {
      const { batchSize, steps, latent } = config.weightGenerator;
      facts.push(
        {
          path: ['weightGenerator', 'latent'],
          text: '1 block',
          detail: `${counted(latent, 'principal component')} are diffused as one block; \`blockSize\` has no effect.`,
        },
        {
          path: ['weightGenerator', 'steps'],
          text: `≈ ${epochsText((steps * batchSize) / vectors)} epochs`,
          detail: `${counted(steps, 'step')} of ${counted(batchSize, 'block')} over ${counted(vectors, 'weight vector')}.`,
        },
      );
    }
  }
  if (heldOut.length > 0) {
    facts.push({
      path: ['collect', 'holdOut'],
      text: counted(heldOut.length, 'concept'),
      detail: `Held out of the base and the zoo: ${names(heldOut)}.`,
    });
  }
  if (base.candidates.length > 0) {
    facts.push({
      path: ['base', 'concepts'],
      text:
        base.count < base.candidates.length
          ? `${base.count} of ${counted(base.candidates.length, 'concept')}`
          : counted(base.count, 'concept'),
      detail:
        base.count < base.candidates.length
          ? `Chosen by their prompts (medoids) from ${names(base.candidates)}.`
          : `The base is trained on ${names(base.candidates)}.`,
    });
  }
  return [...facts, ...(await imageFacts(training, { zoo, heldOut, base }, sources))];
}

/** Facts that depend on the number of images. Concepts whose images cannot be counted are left out. */
async function imageFacts(
  { config }: LoadedTraining,
  {
    zoo,
    heldOut,
    base,
  }: { zoo: LoadedConcept[]; heldOut: LoadedConcept[]; base: ReturnType<typeof baseConcepts> },
  sources: ImageSources,
): Promise<Fact[]> {
  const splits = new Map<LoadedConcept, { train: number; test: number }>();
  for (const concept of new Set([...zoo, ...heldOut, ...base.candidates])) {
    const split = await sources.split(imagesIn(concept)[0]!.source, config.image);
    if (split) splits.set(concept, split);
  }
  if (splits.size === 0) return [];
  const all = [...splits.values()];
  const facts: Fact[] = [
    {
      path: ['image', 'train'],
      text: `${range(all.map(({ train }) => train))} per concept`,
      detail: 'Training images of each concept; fewer if some cannot be read.',
    },
    {
      path: ['image', 'test'],
      text: `${range(all.map(({ test }) => test))} per concept`,
      detail:
        config.image.testOnly === undefined
          ? 'Held-out images of each concept: at most half of its images.'
          : 'Held-out images of each concept: of those that `image.testOnly` names.',
    },
  ];
  const measured = all.map(({ test }) => Math.min(test, config.evaluate.images));
  facts.push({
    path: ['evaluate', 'images'],
    text: `${range(measured)} per concept`,
    detail: 'Held-out images of each concept that are measured.',
  });
  const epochs = (
    path: KeyPath,
    section: { steps: number; batchSize: number },
    concepts: readonly LoadedConcept[],
    together: number,
  ) => {
    const of = concepts.flatMap((concept) => splits.get(concept)?.train ?? []);
    if (of.length === 0 || section.steps === 0) return;
    const seen = section.steps * section.batchSize;
    facts.push({
      path,
      text: `≈ ${range(
        of.map((train) => seen / (together * train)),
        epochsText,
      )} epochs`,
      detail:
        `${counted(section.steps, 'step')} of ${counted(section.batchSize, 'pair')} over ` +
        `${range(of)} training images${together > 1 ? ` from each of ${together} concepts` : ''}.`,
    });
  };
  // New concepts are fine-tuned. If there are none, those of the zoo show how many images are usual here.
  const tuned = heldOut.length > 0 ? heldOut : zoo;
  epochs(['base', 'steps'], config.base, base.candidates, base.count);
  epochs(['collect', 'steps'], config.collect, zoo, 1);
  epochs(['fineTune', 'steps'], config.fineTune, tuned, 1);
  epochs(['evaluate', 'scratch', 'steps'], config.evaluate.scratch, tuned, 1);
  return facts;
}

/** Facts about a concept's pairs: how many images each source has, and how each training config splits them. */
export async function conceptFacts(
  project: Pick<Project, 'trainings'>,
  concept: LoadedConcept,
  sources: ImageSources,
): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const { path, source, counterpartOf } of imagesIn(concept)) {
    const count = await sources.count(source);
    if (typeof count !== 'number' || count === 0) continue;
    const drawn =
      sources.drawn(source) !== undefined ? ' They are generated when a stage first needs them.' : '';
    const splits: string[] = [];
    for (const { name, config } of counterpartOf === undefined ? project.trainings : []) {
      const split = await sources.split(source, config.image);
      if (split) splits.push(` With ${name}: ${split.train} for training, ${split.test} held out.`);
    }
    facts.push({
      path,
      text: counted(count, 'image'),
      detail: `${counted(count, 'image')} in ${source}.${drawn}${splits.join('')}`,
    });
  }
  return facts;
}

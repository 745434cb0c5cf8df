import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import type { DiskView } from '../disk/disk-view.ts';
import { folderOf, IMAGE_EXTENSIONS, isGlob } from '../disk/image-files.ts';
import { featureNetworkFile } from '../feature-network.ts';
import { imagesIn } from '../files/pair-source.ts';
import type { ConceptFile, ProjectFiles, TrainingFile } from '../files/project-files.ts';
import { problemInChain } from '../files/training-chain.ts';
import { ImageSources } from '../images/image-sources.ts';
import { foldOf, NameSet } from '../names.ts';
import { nearestNames } from '../nearest.ts';
import { mistakenPath, permissionRemedy } from '../path-remedy.ts';
import { nameFromFile } from '../paths.ts';
import type { Problem, ProblemText } from '../problem.ts';
import type { LoadedConcept, LoadedTraining } from '../project.ts';
import { withEqualPrompts } from '../prompt-words.ts';
import { baseConcepts, FEWEST_ZOO_MEMBERS, heldOutConcepts, zooConcepts } from '../selection.ts';
import type { YamlDocument } from '../yaml/document.ts';
import type { KeyPath } from '../yaml/key-path.ts';
import { scalarLike } from '../yaml/scalar-text.ts';
import { correctedPaths } from './corrected-paths.ts';
import { heldOutProblems } from './held-out-images.ts';
import { idleValues } from './idle-values.ts';
import { sizeProblems } from './size-checks.ts';

/**
 * Maximum number of unknown names in one config that are compared with the known names. A larger number comes from renamed
 * files, not from typing errors, and comparing all of them would delay every keystroke.
 */
const MAX_SPELLING_SEARCHES = 25;

/** Finds mistakes that no single file shows: names that do not match, missing folders, numbers that do not fit together. */
export async function crossChecks(files: ProjectFiles, view: DiskView): Promise<Problem[]> {
  const sources = await ImageSources.of(files.folder, view);
  const perConcept = await Promise.all(
    files.concepts.map((file) => checkFolders(file, files.folder, sources, view)),
  );
  const perTraining = await Promise.all(
    files.trainings.map((file) => checkTraining(file, files.concepts, sources)),
  );
  return [
    ...duplicateNames(files.concepts),
    ...equalPrompts(files.concepts),
    ...perConcept.flat(),
    ...perTraining.flat(),
  ];
}

function duplicateNames(files: readonly ConceptFile[]): Problem[] {
  const first = new Map<string, ConceptFile>();
  const problems: Problem[] = [];
  for (const file of files) {
    if (!file.concept) continue;
    // On some file systems, two such concepts would share one file.
    const name = foldOf(file.concept.name);
    const earlier = first.get(name);
    if (!earlier) first.set(name, file);
    else {
      problems.push(
        file.document.problem(['name'], 'value', {
          kind: 'duplicate-concept',
          message: `Another concept is named \`${earlier.concept!.name}\`: ${earlier.document.file}.`,
          remedy: 'Give one of the two another `name`, or rename its file.',
          found: file.concept.name,
        }),
      );
    }
  }
  return problems;
}

/** A warning at each concept whose prompt an earlier one has: no weights can follow both. */
function equalPrompts(files: readonly ConceptFile[]): Problem[] {
  const prompted = files.flatMap(({ concept, document }) => (concept ? [{ ...concept, document }] : []));
  return withEqualPrompts(prompted).flatMap(([first, ...others]) =>
    others
      // Two concepts of one name may be the same file twice, which is reported as such.
      .filter(({ name }) => foldOf(name) !== foldOf(first!.name))
      .map(({ name, document }) =>
        document.problem(['prompt'], 'value', {
          kind: 'equal-prompts',
          message: `\`${name}\` and \`${first!.name}\` have the same prompt: the weight generator cannot tell them apart.`,
          remedy: 'Describe one of the two edits in other words.',
          found: document.sourceOf(['prompt']),
          severity: 'warning',
        }),
      ),
  );
}

async function checkFolders(
  { concept, document }: ConceptFile,
  project: string,
  sources: ImageSources,
  view: DiskView,
): Promise<Problem[]> {
  if (!concept) return [];
  const problems: Problem[] = [];
  for (const { path, source, counterpartOf } of imagesIn(concept)) {
    const found = await sources.count(source);
    const at = (text: Omit<ProblemText, 'found'>) =>
      problems.push(document.problem(path, 'value', { ...text, found: document.sourceOf(path) }));
    if (typeof found !== 'number') {
      const folder = found.path ?? folderOf(source);
      const mistaken = mistakenPath(document.scalarAt(path) ?? '');
      const denied = permissionRemedy(found.code);
      const meant = mistaken?.meant === undefined ? [] : [scalarLike('', mistaken.meant)];
      at({
        kind: denied === undefined ? 'missing-path' : 'no-permission',
        message: `${folder}: ${found.reason}.`,
        remedy:
          denied ??
          mistaken?.remedy ??
          'Correct the path (it is relative to this file), or put the images there.',
        allowed: 'a folder of images, or a glob',
        replacements:
          denied !== undefined || mistaken ? meant : await correctedPaths(document, path, project, view),
      });
    } else if (found === 1 && counterpartOf === undefined) {
      at({
        kind: 'few-images',
        message: `There is only one image in ${source}.`,
        remedy: 'Add images: at least one to train on and one to test on.',
        allowed: 'at least two images',
      });
    } else if (found === 0 && !(counterpartOf !== undefined && isGlob(counterpartOf))) {
      // Counterparts of images in subfolders are in subfolders of the same names: their folder itself may have no images.
      at({
        kind: 'no-images',
        message: `There are no images in ${source}.`,
        remedy: `Put images there (${IMAGE_EXTENSIONS.join(', ')}); to use images in subfolders, end the path with /**.`,
        allowed: 'a folder of images, or a glob',
      });
    } else if (counterpartOf !== undefined) {
      const shared = await sharedImages(counterpartOf, source, view);
      if (shared === 0) continue;
      at({
        kind: 'same-images',
        message:
          shared === found && shared === (await sources.count(counterpartOf))
            ? 'Source and edited images are the same files: there is no edit to learn.'
            : `${shared} of the edited images are source images too.`,
        remedy: 'Name a folder that holds edited images only, and is not part of `pairs.source`.',
        severity: 'warning',
      });
    }
  }
  return problems;
}

/** Number of files that two sources have in common, whatever links lead to them. */
async function sharedImages(one: string, other: string, view: DiskView): Promise<number> {
  const [first, second] = await Promise.all([realImages(one, view), realImages(other, view)]);
  const known = new Set(first);
  return second.filter((path) => known.has(path)).length;
}

async function realImages(source: string, view: DiskView): Promise<string[]> {
  const listing = await view.images(source);
  if (!('files' in listing)) return [];
  const { root, files } = listing;
  const real = await realpath(root);
  return files.map((file) => real + file.slice(root.length));
}

async function checkTraining(
  { chain, training }: TrainingFile,
  files: readonly ConceptFile[],
  sources: ImageSources,
): Promise<Problem[]> {
  if (!training) return [];
  const concepts = files.flatMap(({ concept }) => concept ?? []);
  const project = { concepts };
  const problems = [
    ...checkNames(chain, training, files),
    // A concept file with a mistake would make every count wrong; its mistake is reported anyway.
    ...(files.every(({ concept }) => concept) ? checkCounts(chain, training, project) : []),
    ...sizeProblems(chain, training.config),
    ...idleValues(chain, training.config),
    ...checkFeatureNetwork(chain, training),
  ];
  const used = new Set([...zooConcepts(project, training), ...heldOutConcepts(project, training)]);
  problems.push(...(await heldOutProblems(chain, training, [...used], sources)));
  return problems;
}

function checkFeatureNetwork(chain: readonly YamlDocument[], training: LoadedTraining): Problem[] {
  const file = featureNetworkFile(training);
  if (file === undefined || existsSync(file)) return [];
  const written = training.config.evaluate.featureNetwork.file!;
  return [
    problemInChain(chain, ['evaluate', 'featureNetwork', 'file'], {
      kind: 'missing-path',
      message: `${file}: there is no such file.`,
      remedy:
        mistakenPath(written)?.remedy ??
        'Correct the path (it is relative to this file), or remove the key; then FID and KID are not measured.',
      found: written,
      allowed: 'a network in ONNX format',
    }),
  ];
}

/** Names in lists must be concepts (or tags, in `holdOut`), and none may be both selected and held out. */
function checkNames(
  chain: readonly YamlDocument[],
  training: LoadedTraining,
  files: readonly ConceptFile[],
): Problem[] {
  const { base, collect } = training.config;
  const concepts = files.flatMap(({ concept }) => concept ?? []);
  const knownNames = new Set(concepts.map(({ name }) => name));
  // A concept with a mistake in its file is reported there, not as unknown here.
  for (const { concept, document } of files) if (!concept) knownNames.add(nameFromFile(document.file));
  const knownTags = new Set(concepts.flatMap((concept) => concept.tags));
  const namesAndTags = new Set([...knownNames, ...knownTags]);
  const names = new NameSet(knownNames);
  const tags = new NameSet(knownTags);
  const heldOut = new NameSet(heldOutConcepts({ concepts }, training).map(({ name }) => name));
  const problems: Problem[] = [];
  const allowedNames = new Map<ReadonlySet<string>, string>();

  const unknown = (path: KeyPath, name: string, kind: string, known: ReadonlySet<string>) => {
    const near = problems.length < MAX_SPELLING_SEARCHES ? nearestNames(name, known) : [];
    let allowed = allowedNames.get(known);
    if (allowed === undefined) {
      allowed = [...known].join(', ');
      allowedNames.set(known, allowed);
    }
    const problem = problemInChain(chain, path, {
      kind: 'unknown-concept',
      message: `There is no ${kind} \`${name}\` in this project.`,
      remedy: near[0]
        ? `Did you mean \`${near[0]}\`?`
        : known.size > 0
          ? `Known: ${[...known].slice(0, 20).join(', ')}.`
          : 'Add a concept file first.',
      found: name,
      allowed,
      replacements: near,
    });
    problems.push(problem);
  };
  const selections: [KeyPath, typeof base.concepts][] = [
    [['collect', 'concepts'], collect.concepts],
    [['base', 'concepts'], base.concepts],
  ];
  for (const [path, selection] of selections) {
    if (selection === 'all' || typeof selection === 'number') continue;
    if (!Array.isArray(selection)) {
      for (const key of ['include', 'exclude'] as const) {
        for (const [i, tag] of (selection[key] ?? []).entries()) {
          if (!tags.has(tag)) unknown([...path, key, i], tag, 'concept with the tag', knownTags);
        }
      }
      continue;
    }
    for (const [i, name] of selection.entries()) {
      if (!names.has(name)) unknown([...path, i], name, 'concept', knownNames);
      else if (heldOut.has(name)) {
        problems.push(
          problemInChain(chain, [...path, i], {
            kind: 'held-out-concept',
            message: `\`${name}\` is listed here and also held out by \`collect.holdOut\`.`,
            remedy:
              'Remove it from one of the two; concepts that are held out never enter the base or the zoo.',
            found: name,
          }),
        );
      }
    }
  }
  for (const [i, name] of collect.holdOut.entries()) {
    if (!names.has(name) && !tags.has(name)) {
      unknown(['collect', 'holdOut', i], name, 'concept or tag', namesAndTags);
    }
  }
  return problems;
}

function checkCounts(
  chain: readonly YamlDocument[],
  training: LoadedTraining,
  project: { concepts: LoadedConcept[] },
): Problem[] {
  const zoo = zooConcepts(project, training);
  const { base, collect, weightGenerator } = training.config;
  const { concepts } = base;
  const problems: Problem[] = [];
  // A project without concepts is new, which is not a mistake.
  if (project.concepts.length > 0 && zoo.length < FEWEST_ZOO_MEMBERS) {
    problems.push(
      problemInChain(chain, ['collect', 'concepts'], {
        kind: 'small-zoo',
        message: `The zoo has ${zoo.length === 1 ? 'one concept' : `${zoo.length || 'no'} concepts`}; the weight generator needs at least ${FEWEST_ZOO_MEMBERS}.`,
        remedy: 'Add concepts, or hold out fewer.',
        severity: 'warning',
      }),
    );
  }
  const isWritten = chain.some((document) => document.has(['base', 'concepts']));
  if (isWritten && typeof concepts === 'number' && zoo.length > 0 && concepts > zoo.length) {
    problems.push(
      problemInChain(chain, ['base', 'concepts'], {
        kind: 'small-zoo',
        message: `\`base.concepts\` asks for ${concepts} concepts, but the zoo has only ${zoo.length}.`,
        remedy: `All ${zoo.length} are used; write ${zoo.length} or fewer, or add concepts.`,
        found: `${concepts}`,
        allowed: `1 to ${zoo.length}`,
        severity: 'warning',
        replacements: [`${zoo.length}`],
      }),
    );
  }
  // n vectors span at most n - 1 directions around their mean.
  const directions = zoo.length * collect.checkpoints - 1;
  if (zoo.length >= FEWEST_ZOO_MEMBERS && weightGenerator.latent > directions) {
    problems.push(
      problemInChain(chain, ['weightGenerator', 'latent'], {
        kind: 'small-zoo',
        message: `A zoo of ${zoo.length} concepts has at most ${directions} principal components.`,
        remedy: `Write ${directions} or fewer, or add concepts.`,
        found: `${weightGenerator.latent}`,
        allowed: `0 to ${directions}`,
        severity: 'warning',
        replacements: [`${directions}`],
      }),
    );
  }
  if (project.concepts.length > 0 && baseConcepts(project, training).count === 0) {
    problems.push(
      problemInChain(chain, ['base', 'concepts'], {
        kind: 'no-concept-selected',
        message: 'No concept is left to train the base on.',
        remedy: 'Select other concepts, or hold out fewer.',
      }),
    );
  }
  return problems;
}

/** What every stage starts with: its device, its concept and its pairs. */
import { selectDevice } from '../compute/devices.ts';
import type { DeviceReport } from '../compute/types.ts';
import type { OpenEditor } from '../data/image-editor.ts';
import { type PreparedPairs, preparePairs } from '../data/prepared.ts';
import { FileHashes } from '../project/disk/file-hashes.ts';
import { passedOverText } from '../project/disk/passed-over.ts';
import { itemNamed } from '../project/names.ts';
import type { LoadedConcept } from '../project/project.ts';
import { UserError } from '../project/user-error.ts';
import { withEditors } from './image-editors/image-editors.ts';
import type { WorkContext } from './stage.ts';

/** The context of a stage that takes `--seed`. */
type SeededContext = Pick<WorkContext, 'training'> & { readonly options: { readonly seed?: number } };
/** The context of a stage that takes `--concept`. */
type ConceptContext = Pick<WorkContext, 'project'> & { readonly options: { readonly concept?: string } };

/** Selects the device that the config asks for, and reports it in the run's events. */
export async function stageDevice({ training, run }: WorkContext): Promise<DeviceReport> {
  const report = await selectDevice(training.config.device, training.config.threads);
  const { device, executor, threads, reason } = report;
  run.emit({ type: 'device', device, executor, threads, reason });
  return report;
}

/** The seed for what this stage draws itself; the split of the pairs always uses the config's seed. */
export function stageSeed({ training, options }: SeededContext): number {
  return options.seed ?? training.config.seed;
}

/** The concept that a stage works on. @throws UserError if none was named or the project has no such concept */
export function stageConcept({ project, options }: ConceptContext): LoadedConcept {
  const names = project.concepts.map(({ name }) => name).join(', ');
  if (options.concept === undefined) {
    throw new UserError(
      'choice-needed',
      `This stage works on one concept. Name it with --concept: ${names}.`,
    );
  }
  const concept = itemNamed(project.concepts, options.concept);
  if (!concept)
    throw new UserError(
      'unknown-name',
      `The project has no concept ${options.concept}. Available: ${names}.`,
    );
  return concept;
}

/**
 * Pairs of each concept, from the cache or newly decoded, with one progress bar over all of them.
 * @returns undefined if a stop was requested
 */
export function preparedPairs(
  context: WorkContext,
  concepts: readonly LoadedConcept[],
): Promise<PreparedPairs[] | undefined> {
  return withEditors(context.training.config, (openEditor) => prepareAll(context, concepts, openEditor));
}

async function prepareAll(
  { project, training, run, shouldStop }: WorkContext,
  concepts: readonly LoadedConcept[],
  openEditor: OpenEditor,
): Promise<PreparedPairs[] | undefined> {
  const { image, seed } = training.config;
  const perConcept = image.train + image.test;
  const hashes = await FileHashes.open(project.folder);
  const all: PreparedPairs[] = [];
  for (const [index, concept] of concepts.entries()) {
    const message = `preparing pairs of ${concept.name}`;
    const pairs = await preparePairs(concept, image, seed, {
      openEditor,
      hashes,
      onEditing: (device) => {
        if (device === 'cpu') return;
        run.emit({ type: 'log', level: 'info', message: `${concept.name}: editing images on ${device}` });
      },
      shouldStop,
      // A concept counts the same whether its sources are already decoded or not, so the bar never moves backwards.
      onProgress: (done, total) =>
        run.emit({
          type: 'progress',
          message,
          unit: 'images',
          done: Math.round((index + done / total) * perConcept),
          total: concepts.length * perConcept,
          concept: concept.name,
        }),
    });
    if (!pairs) return undefined;
    for (const { file, reason } of pairs.skipped) {
      run.emit({ type: 'log', level: 'warning', message: `${concept.name}: left out ${file}: ${reason}` });
    }
    const passedOver = passedOverText(pairs.passedOver);
    if (passedOver !== undefined) {
      run.emit({ type: 'log', level: 'info', message: `${concept.name}: passed over ${passedOver}` });
    }
    for (const { level, message: remark } of pairs.remarks) {
      run.emit({ type: 'log', level, message: `${concept.name}: ${remark}` });
    }
    all.push(pairs);
  }
  return all;
}

import { resolve } from 'node:path';
import { thumbnailOf } from '../../data/pictures.ts';
import { denoiseToCache } from '../../pipeline/interactive/denoise-one.ts';
import { denoisingTrajectory } from '../../pipeline/interactive/denoising-trajectory.ts';
import { WeightInspector } from '../../pipeline/interactive/inspect.ts';
import { WarmBase } from '../../pipeline/interactive/warm-base.ts';
import { WarmZoo } from '../../pipeline/interactive/warm-zoo.ts';
import { networkSizes } from '../../pipeline/scale/network-sizes.ts';
import { isWeightsName, listWeights } from '../../pipeline/weights/chosen-weights.ts';
import { exportWeights } from '../../pipeline/weights/export-weights.ts';
import { DiskView } from '../../project/disk/disk-view.ts';
import { loadProject } from '../../project/load.ts';
import { toProjectPath } from '../../project/paths.ts';
import { type TrainingConfig, trainingSchema } from '../../project/schema/training-schema.ts';
import { UserError } from '../../project/user-error.ts';
import { rememberingReader } from '../../project/yaml/remembering-reader.ts';
import { safeParse } from '../../protocol/safe-parse.ts';
import type { TranslateParams } from '../../protocol/serve.ts';
import { HISTOGRAM_BARS } from '../../protocol/statistics.ts';
import { listDevices } from '../device-listing.ts';
import { chooseConcept, chooseTraining, refuseConfigProblems } from '../project-choice.ts';
import { describeScale } from '../scale-listing.ts';
import type { OpenedPaths } from './opened-paths.ts';
import { checkingParams } from './request-schemas.ts';
import type { ServeHandlers } from './server.ts';
import { compareTensorFiles, scanTensorFile, tensorFileHistogram } from './tensor-handlers.ts';
import { isSourceOf, listTranslations, type Subject, Translations } from './translations.ts';

/** Device settings from the command line, which override each config's. */
export interface DeviceOverrides {
  readonly device?: TrainingConfig['device'] | undefined;
  readonly threads?: number | undefined;
}

/**
 * Request handlers of `dnw serve`. Each request sees the project's current files; unchanged files are not parsed
 * again.
 * @param opened what requests may name
 */
export function createHandlers(overrides: DeviceOverrides, opened: OpenedPaths): ServeHandlers {
  const bases = new WarmBase();
  const translations = new Translations(bases);
  const zoos = new WarmZoo(bases);
  const inspector = new WeightInspector(zoos);
  const readDocument = rememberingReader();
  const load = async (folder: string) =>
    loadProject(await opened.project(folder), new DiskView(readDocument));

  const trainingOf = async (params: { project: string; training: string }) => {
    const project = await load(params.project);
    const training = chooseTraining(project, params.training);
    const { config } = training;
    const device = overrides.device ?? config.device;
    const threads = overrides.threads ?? config.threads;
    return { project, training: { ...training, config: { ...config, device, threads } } };
  };
  const subject = async (params: {
    project: string;
    training: string;
    concept: string;
  }): Promise<Subject> => {
    const chosen = await trainingOf(params);
    return { ...chosen, concept: chooseConcept(chosen.project, params.concept) };
  };

  /** A weights file by its path; the names of a concept's own weights as they are. */
  const weightsOf = ({ project, weights }: { project: string; weights: string }) =>
    isWeightsName(weights) ? weights : opened.file(resolve(project, weights));
  /** An image of the concept's pairs may lie anywhere: the concept's file names it. */
  const imageOf = async ({ concept, training }: Subject, project: string, file: string) => {
    const path = resolve(project, file);
    try {
      return await opened.file(path);
    } catch (error) {
      // Only now: it lists all pairs.
      if (await isSourceOf(concept, training, path)) return path;
      throw error;
    }
  };

  const pictureOf = async (params: Omit<TranslateParams, 'weights' | 'size'>) => {
    const about = await subject(params);
    return { ...about, image: await imageOf(about, params.project, params.image) };
  };

  return checkingParams({
    warmUp: async (params, signal) => {
      const { project, training } = await trainingOf(params);
      const { concept } = params;
      const about =
        concept === undefined ? undefined : { project, training, concept: chooseConcept(project, concept) };
      if (params.for === 'translation') {
        await (about ? translations.begin(about, signal) : translations.compile(project, training));
      } else if (about) await beginStatistics(inspector, about);
      else await zoos.load(project, training);
      return null;
    },

    devices: ({ device, threads }) => listDevices(deviceName(device), threads),

    describe: async ({ project: folder, training: name }) => {
      const project = await load(folder);
      const training = chooseTraining(project, name);
      refuseConfigProblems(project, training);
      return { text: await describeScale(project, training, false) };
    },

    sizes: async (params) => {
      const { project, training } = await trainingOf(params);
      refuseConfigProblems(project, training);
      return networkSizes(project, training);
    },

    validate: async ({ project }) => ({
      problems: (await load(project)).problems.map(({ file, line, column, severity, message, remedy }) => ({
        file,
        line,
        column,
        severity,
        message: `${message} ${remedy}`.trim(),
      })),
    }),

    translations: async (params) => listTranslations(await subject(params)),

    translate: async (params, signal) => {
      const { size } = params;
      const request = { ...(await pictureOf(params)), weights: await weightsOf(params), size };
      return translations.translate(request, signal);
    },

    thumbnail: async (params) => {
      const { image, training } = await pictureOf(params);
      const thumbnail = await thumbnailOf(image, params.side, training.config.image.maxFileSize);
      return { image: thumbnail.toString('base64') };
    },

    pictureArea: async (params, signal) => {
      const { project, weights, size, detail, area, width, height } = params;
      const chosen = weights === undefined ? undefined : await weightsOf({ project, weights });
      const request = { ...(await pictureOf(params)), weights: chosen, size, detail, area, width, height };
      return translations.area(request, signal);
    },

    saveTranslation: async (params, signal, report) => {
      const { size, detail } = params;
      const [weights, output] = [await weightsOf(params), await opened.file(params.output)];
      return translations.save(
        { ...(await pictureOf(params)), weights, size, detail, output },
        signal,
        report,
      );
    },

    denoise: async (params) => {
      const about = await subject(params);
      const { file, seconds, device } = await denoiseToCache(bases, {
        ...about,
        seed: params.seed,
        steps: params.steps,
      });
      return { file: toProjectPath(about.project.folder, file), seconds, device };
    },

    export: async (params) => {
      const about = await subject(params);
      const { what, half } = params;
      const [weights, output] = [await weightsOf(params), await opened.file(params.output)];
      await exportWeights({ ...about, weights, what, half, output });
      return null;
    },

    statistics: async (params) =>
      inspector.statistics({
        ...(await subject(params)),
        weights: await weightsOf(params),
        bins: params.bins,
      }),

    blockHistogram: async (params) => {
      const about = await subject(params);
      return inspector.blockHistogram({ ...params, ...about, weights: await weightsOf(params) });
    },

    trajectory: async (params) => denoisingTrajectory(zoos, { ...params, ...(await subject(params)) }),

    tensorStatistics: async (params, ...rest) =>
      scanTensorFile({ ...params, file: await opened.file(params.file) }, ...rest),
    tensorHistogram: async (params, ...rest) =>
      tensorFileHistogram({ ...params, file: await opened.file(params.file) }, ...rest),
    compareTensors: async (params, ...rest) => {
      const [file, second] = [await opened.file(params.file), await opened.file(params.second)];
      return compareTensorFiles({ ...params, file, second }, ...rest);
    },
  });
}

/** Computes the statistics that a page about this concept asks for first; does nothing if it has no weights. */
async function beginStatistics(inspector: WeightInspector, subject: Subject): Promise<void> {
  const weights = await listWeights(subject.project, subject.training, subject.concept);
  const first = weights.find(({ kind }) => kind !== 'base');
  if (first) await inspector.statistics({ ...subject, weights: first.file, bins: HISTOGRAM_BARS });
}

function deviceName(name: string): TrainingConfig['device'] {
  const parsed = safeParse(trainingSchema.shape.device, name);
  if (parsed.success) return parsed.data;
  const names = trainingSchema.shape.device.unwrap().options;
  throw new UserError(
    'unknown-name',
    `There is no device ${JSON.stringify(name)}. Available: ${names.join(', ')}.`,
  );
}

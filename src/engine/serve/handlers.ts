import { resolve } from 'node:path';
import { encodePng, type Image } from '../../data/images.ts';
import { openPairs } from '../../data/pairs.ts';
import { preparePairs } from '../../data/prepared.ts';
import { listWeights } from '../../pipeline/chosen-weights.ts';
import { denoiseToCache } from '../../pipeline/denoise-one.ts';
import { denoisingTrajectory } from '../../pipeline/denoising-trajectory.ts';
import { HIGHEST_PSNR } from '../../pipeline/image-metrics.ts';
import { WeightInspector } from '../../pipeline/inspect.ts';
import { networkSizes } from '../../pipeline/network-sizes.ts';
import { ImageTranslator } from '../../pipeline/translate-one.ts';
import { WarmBase } from '../../pipeline/warm-base.ts';
import { WarmZoo } from '../../pipeline/warm-zoo.ts';
import { DiskView } from '../../project/disk-view.ts';
import { type LoadedConcept, type LoadedTraining, loadProject, type Project } from '../../project/load.ts';
import { toProjectPath } from '../../project/paths.ts';
import { rememberingReader } from '../../project/remembering-reader.ts';
import { type TrainingConfig, trainingSchema } from '../../project/training-schema.ts';
import { UserError } from '../../project/user-error.ts';
import { listDevices } from '../device-listing.ts';
import { chooseConcept, chooseTraining, refuseConfigProblems } from '../project-choice.ts';
import { describeScale } from '../scale-listing.ts';
import type { ServeHandlers } from './server.ts';
import { compareTensorFiles, scanTensorFile, tensorFileHistogram } from './tensor-handlers.ts';

/** From the command line, instead of each config's. */
export interface DeviceOverrides {
  readonly device?: TrainingConfig['device'] | undefined;
  readonly threads?: number | undefined;
}

interface Subject {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly concept: LoadedConcept;
}

/**
 * The answers of `dnw serve`. Each request sees the project's files as they are then; one that is as it was is not
 * parsed again.
 */
export function createHandlers(overrides: DeviceOverrides): ServeHandlers {
  const bases = new WarmBase();
  const translator = new ImageTranslator(bases);
  const zoos = new WarmZoo(bases);
  const inspector = new WeightInspector(zoos);
  const readDocument = rememberingReader();
  const load = (folder: string) => loadProject(folder, new DiskView(readDocument));

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

  return {
    warmUp: async (params) => {
      const { project, training } = await trainingOf(params);
      if (params.for === 'statistics') await zoos.load(project, training);
      else await translator.warmUp(project, training);
      return null;
    },

    devices: ({ device, threads }) => listDevices(deviceName(device), threads),

    describe: async ({ project: folder, training: name }) => {
      const project = await load(folder);
      const training = chooseTraining(project, name);
      refuseConfigProblems(project, training);
      return { text: describeScale(project, training, false) };
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

    translations: async (params) => {
      const { project, training, concept } = await subject(params);
      return {
        weights: await listWeights(project, training, concept),
        testImages: await heldOutImages(training, concept),
      };
    },

    translate: async (params) => {
      const { image } = params;
      const result = await translator.translate({
        ...(await subject(params)),
        weights: params.weights,
        image:
          'file' in image
            ? { file: resolve(params.project, image.file) }
            : { name: image.name, bytes: Buffer.from(image.base64, 'base64') },
      });
      const { source, translated, target, quality, seconds, device } = result;
      return {
        source: await base64Png(source),
        translated: await base64Png(translated),
        ...(target && { target: await base64Png(target) }),
        width: translated.width,
        height: translated.height,
        seconds,
        device,
        // JSON has no infinity, which equal images would have.
        ...(quality && { psnr: Math.min(quality.psnr, HIGHEST_PSNR), ssim: quality.ssim }),
      };
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

    statistics: async (params) =>
      inspector.statistics({ ...(await subject(params)), weights: params.weights, bins: params.bins }),

    blockHistogram: async (params) => inspector.blockHistogram({ ...params, ...(await subject(params)) }),

    trajectory: async (params) => denoisingTrajectory(zoos, { ...params, ...(await subject(params)) }),

    tensorStatistics: scanTensorFile,
    tensorHistogram: tensorFileHistogram,
    compareTensors: compareTensorFiles,
  };
}

function deviceName(name: string): TrainingConfig['device'] {
  const parsed = trainingSchema.shape.device.safeParse(name);
  if (parsed.success) return parsed.data;
  const names = trainingSchema.shape.device.unwrap().options;
  throw new UserError(`There is no device ${JSON.stringify(name)}. Devices: ${names.join(', ')}.`);
}

/** Absolute paths of the source images that training holds out; none until the pairs were prepared. */
async function heldOutImages(training: LoadedTraining, concept: LoadedConcept): Promise<string[]> {
  const { image, seed } = training.config;
  // Asked to stop at once, it gives what is in the cache and makes nothing.
  const prepared = await preparePairs(concept, image, seed, { shouldStop: () => true });
  if (prepared === undefined) return [];
  const { refs } = await openPairs(concept).list();
  const sources = new Map(refs.map(({ name, source }) => [name, source]));
  return prepared.test.names.map((name) => sources.get(name)!);
}

async function base64Png(image: Image): Promise<string> {
  return (await encodePng(image)).toString('base64');
}

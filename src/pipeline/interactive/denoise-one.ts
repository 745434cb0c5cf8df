import { join } from 'node:path';
import { selectDevice } from '../../compute/devices.ts';
import type { DeviceReport } from '../../compute/types.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import { projectPaths } from '../../project/paths.ts';
import { denoiseBest } from '../weight-generator/best-of.ts';
import { loadWeightGenerator } from '../weight-generator/generator-file.ts';
import { checkDenoisingSteps } from '../weight-generator/weight-sampler.ts';
import { writeWeights } from '../weights/weights-file.ts';
import type { WarmBase } from './warm-base.ts';

export interface DenoiseOneRequest {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly concept: LoadedConcept;
  /** Seed of the noise from which denoising starts. */
  readonly seed: number;
  /** Number of denoising steps, from 1 to the diffusion's timesteps. */
  readonly steps: number;
}

export interface DenoisedFile {
  /** Absolute path of the weights file. */
  readonly file: string;
  /** Time of the denoising alone, including compilation. */
  readonly seconds: number;
  readonly device: DeviceReport['device'];
}

/**
 * Denoises a concept's weights for viewing and stores them in the project's cache; the result of the denoise stage is
 * kept.
 * @throws UserError if the base or the weight generator is missing, or the number of steps is out of range
 */
export async function denoiseToCache(bases: WarmBase, request: DenoiseOneRequest): Promise<DenoisedFile> {
  const { project, training, concept, seed, steps } = request;
  const { weightGenerator, device: deviceName, threads } = training.config;
  checkDenoisingSteps(steps, weightGenerator);
  const base = await bases.load(project, training);
  const generator = await loadWeightGenerator(project, training, base);
  const device = await selectDevice(deviceName, threads);
  const begun = performance.now();
  // The editor chooses the seed, so there is one draw, whatever `sampling.bestOf` says.
  const draw = { count: 1, steps, seed, device };
  const { weights } = await denoiseBest(generator, base, training.config, concept, draw);
  const seconds = (performance.now() - begun) / 1000;
  const file = join(
    projectPaths(project.folder).cache,
    'denoised',
    `${training.name}-${concept.name}-seed-${seed}-steps-${steps}.safetensors`,
  );
  await writeWeights(file, base, {
    concept: concept.name,
    prompt: concept.prompt,
    base: base.hash,
    kind: 'lora',
    origin: 'denoised',
    seed,
    steps,
    values: weights.vector,
  });
  return { file, seconds, device: device.device };
}

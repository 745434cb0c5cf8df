import { selectDevice } from '../../compute/devices.ts';
import { fitStandardizer } from '../../data/standardizer.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import type { DenoisingTrajectory } from '../../protocol/statistics.ts';
import {
  compare,
  densities,
  histogramEdges,
  standardized,
  summarize,
  zooMap,
} from '../metrics/weight-statistics.ts';
import { loadWeightGenerator } from '../weight-generator/generator-file.ts';
import { checkDenoisingSteps, denoiseWeights } from '../weight-generator/weight-sampler.ts';
import type { WarmZoo } from './warm-zoo.ts';

export interface TrajectoryRequest {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly concept: LoadedConcept;
  /** Seed of the noise from which denoising starts. */
  readonly seed: number;
  /** Number of denoising steps, from 1 to the diffusion's timesteps. */
  readonly steps: number;
  /** Number of bars of the histograms. */
  readonly bins: number;
}

/**
 * Draws a concept's weights once more and records statistics of every state x_t from noise to weights, each decoded
 * like the last one, and of the zoo. The same seed and steps end in the weights of `denoise`.
 * @throws UserError if base, zoo or weight generator is missing, or the number of steps is out of range
 */
export async function denoisingTrajectory(
  zoos: WarmZoo,
  request: TrajectoryRequest,
): Promise<DenoisingTrajectory> {
  const { project, training, concept, seed, steps, bins } = request;
  const { weightGenerator, device: deviceName, threads } = training.config;
  checkDenoisingSteps(steps, weightGenerator);
  const { base, members } = await zoos.load(project, training);
  const generator = await loadWeightGenerator(project, training, base);
  const device = await selectDevice(deviceName, threads);
  const begun = performance.now();
  const states: { timestep: number; vector: Float32Array }[] = [];
  await denoiseWeights(generator, weightGenerator, concept.prompt, {
    seed,
    steps,
    device,
    onState: (timestep, vector) => states.push({ timestep, vector }),
  });
  const seconds = (performance.now() - begun) / 1000;
  const vectors = members.map(({ vector }) => vector);
  const edges = histogramEdges([...states.map(({ vector }) => vector), ...vectors], bins);
  const standardizer = fitStandardizer(weightGenerator.standardize, vectors, base.lora.manifest);
  const { name, prompt } = concept;
  const drawn = standardized(
    standardizer,
    states.map(({ vector }) => ({ concept: name, prompt, kind: 'denoised', vector })),
  );
  const map = zooMap(standardized(standardizer, members), drawn);
  const end = drawn.at(-1)!.vector;
  return {
    training: training.name,
    concept: name,
    seed,
    steps,
    seconds,
    device: device.device,
    edges,
    zoo: densities(vectors, edges),
    map: { points: map.points.slice(0, members.length), explained: map.explained },
    points: states.map(({ timestep, vector }, index) => {
      const { x, y } = map.points[members.length + index]!;
      return {
        timestep,
        summary: summarize([vector]),
        density: densities([vector], edges),
        distance: compare(drawn[index]!.vector, end).distance,
        x,
        y,
      };
    }),
  };
}

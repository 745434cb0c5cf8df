import { join } from 'node:path';
import { wordTable } from '../../src/data/word-table.ts';
import { writeMember } from '../../src/data/zoo.ts';
import {
  denoiserFor,
  saveWeightGenerator,
  spaceOfBase,
} from '../../src/pipeline/weight-generator/generator-file.ts';
import { fitCodec } from '../../src/pipeline/weight-generator/weight-codec.ts';
import type { BaseModel } from '../../src/pipeline/weights/base-model.ts';
import { writeWeights } from '../../src/pipeline/weights/weights-file.ts';
import { readZoo } from '../../src/pipeline/weights/zoo-vectors.ts';
import { type LoadedTraining, loadProject, type Project } from '../../src/project/load.ts';
import { projectPaths } from '../../src/project/paths.ts';
import { normalValues } from '../models/eager.ts';
import { saveUntrainedBase } from '../pipeline/untrained-base.ts';
import { makeProject, writeConcept } from './example-project.ts';

export interface TrainedProject {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly base: BaseModel;
  /** LoRA vectors of the zoo, by concept. */
  readonly zoo: Readonly<Record<string, Float32Array>>;
  /** LoRA vector in `weights/snow/denoised.safetensors`. */
  readonly denoised: Float32Array;
}

/** The example project with a base, a zoo, a weight generator and denoised weights of known, random values. */
export async function makeTrainedProject(): Promise<TrainedProject> {
  const folder = await makeProject();
  writeConcept(folder, 'dusk', 'the sun has set');
  const project = await loadProject(folder);
  const training = project.trainings[0]!;
  const paths = projectPaths(project.folder);
  const base = await saveUntrainedBase(project, training, ['fog', 'snow']);
  const { layout } = base.lora;
  const vector = (seed: number) => normalValues(layout.size, seed, 0.05);
  const zoo = { fog: vector(4), snow: vector(5), dusk: vector(6) };
  for (const [concept, values] of Object.entries(zoo)) {
    await writeMember(paths.zooMember(base.hash, concept), {
      concept,
      prompt: `prompt of ${concept}`,
      baseHash: base.hash,
      layout,
      steps: 0,
      checkpoints: [values],
    });
  }
  await writeWeightGenerator(project, training, base);
  const denoised = vector(7);
  await writeWeights(paths.weights('snow', 'denoised'), base, {
    concept: 'snow',
    prompt: 'make it snow',
    base: base.hash,
    kind: 'lora',
    origin: 'denoised',
    seed: 1,
    steps: 1,
    values: denoised,
  });
  return { project, training, base, zoo, denoised };
}

/** A weight generator for the project's zoo, its network untrained. */
async function writeWeightGenerator(
  project: Project,
  training: LoadedTraining,
  base: BaseModel,
): Promise<void> {
  const config = training.config.weightGenerator;
  const members = await readZoo(project, training, base);
  const codec = await fitCodec(base.lora.manifest, config, members, wordTable);
  const denoiser = denoiserFor(config, codec);
  const path = projectPaths(project.folder).weightGenerator(training.name);
  const prompts = members.map(({ prompt }) => prompt);
  await saveWeightGenerator(
    path,
    spaceOfBase(base),
    config,
    { codec, denoiser, denoiserValues: denoiser.initial(8), prompts },
    0,
  );
}

export function imageFile(project: Project, index: number): string {
  return join(project.folder, 'images', `wave-${index}.png`);
}

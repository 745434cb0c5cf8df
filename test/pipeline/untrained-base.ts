import { type BaseModel, baseNetworks, loadBase, saveBase } from '../../src/pipeline/weights/base-model.ts';
import type { LoadedTraining, Project } from '../../src/project/load.ts';

/** Saves random networks as the base of a training config, and loads them. @param concepts that it says it was trained on */
export async function saveUntrainedBase(
  project: Project,
  training: LoadedTraining,
  concepts: readonly string[],
): Promise<BaseModel> {
  const networks = baseNetworks(training);
  const { trained, frozen } = networks.lora.initial(1);
  const values = {
    generator: networks.generator.initial(2),
    discriminator: networks.discriminator.initial(3),
    loraFrozen: frozen,
    loraStart: trained,
  };
  await saveBase(project, training, networks, values, { concepts: [...concepts], steps: 0 });
  return loadBase(project, training);
}

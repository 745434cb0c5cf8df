import type { LoadedTraining, Project } from '../../project/load.ts';
import { projectPaths } from '../../project/paths.ts';
import { type BaseModel, loadBase } from '../weights/base-model.ts';
import { fileVersion } from '../weights/chosen-weights.ts';

/** The base that was requested last, kept until its file or the config changes. */
export class WarmBase {
  #loaded: { key: string; base: BaseModel } | undefined;

  /** @throws UserError as `loadBase` does */
  async load(project: Project, training: LoadedTraining): Promise<BaseModel> {
    const file = projectPaths(project.folder).base(training.name);
    const { image, generator, discriminator, lora, base, seed } = training.config;
    const settings = [image.size, generator, discriminator, lora, base.conditioning, seed];
    const key = JSON.stringify([await fileVersion(file), settings]);
    if (this.#loaded?.key !== key) this.#loaded = { key, base: await loadBase(project, training) };
    return this.#loaded.base;
  }
}

import { dirname, resolve } from 'node:path';
import type { LoadedTraining } from './project.ts';

/** Absolute path of the feature network that a training config names; undefined if it names none. */
export function featureNetworkFile({ path, config }: LoadedTraining): string | undefined {
  const { file } = config.evaluate.featureNetwork;
  return file === undefined ? undefined : resolve(dirname(path), file);
}

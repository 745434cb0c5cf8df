import type { DeviceReport } from '../../compute/types.ts';
import type { ImageSequence } from '../../data/image-sequence.ts';
import { Random } from '../../data/random.ts';
import { featureNetworkFile } from '../../project/feature-network.ts';
import { UserError } from '../../project/user-error.ts';
import type { StageContext } from '../stage.ts';
import { withFeatureNetwork } from './feature-network.ts';
import { type FeatureSet, frechetDistance } from './frechet.ts';
import type { HeldOutImages } from './held-out.ts';
import { kernelDistance } from './kernel-distance.ts';

/** Distances between a set of translated images and its targets, in the features of the config's network. */
export interface FeatureDistance {
  /** Squared Fréchet distance, 0 or more. With the literature's Inception network it is the FID of the literature. */
  fid: number;
  /** Unbiased kernel distance, around 0 for images of the same distribution. */
  kid: number;
}

interface Targets {
  /** Absolute path of the network file. */
  readonly file: string;
  readonly heldOut: HeldOutImages;
  readonly device: DeviceReport;
  /** Seed of the kernel distance's subsets. */
  readonly seed: number;
}

/** FID and KID against the targets of one set of held-out images. */
export class FeatureDistances {
  readonly #context: StageContext;
  readonly #targets: Targets;
  readonly #features: FeatureSet;

  private constructor(context: StageContext, targets: Targets, features: FeatureSet) {
    this.#context = context;
    this.#targets = targets;
    this.#features = features;
  }

  /**
   * Opens the network that the config names and runs it on the targets immediately, so that its errors appear before
   * hours of training. Warns if there are few images.
   * @returns undefined if the config names none
   * @throws UserError if the network cannot be used, or there are fewer than two images
   */
  static async create(
    context: StageContext,
    heldOut: HeldOutImages,
    device: DeviceReport,
    seed: number,
  ): Promise<FeatureDistances | undefined> {
    const { training, run } = context;
    const file = featureNetworkFile(training);
    if (file === undefined) return undefined;
    if (heldOut.count < 2) {
      throw new UserError(
        'few-images',
        `${training.path}: FID and KID (evaluate.featureNetwork) need at least two held-out images; found ` +
          `${heldOut.count}. Raise evaluate.images and image.test, add images, or remove evaluate.featureNetwork.`,
      );
    }
    const features = await withFeatureNetwork(
      file,
      training.config.evaluate.featureNetwork,
      device,
      (network) => network.features(heldOut.target),
    );
    if (heldOut.count <= features.dims) {
      run.emit({
        type: 'log',
        level: 'warning',
        message:
          `FID is measured on ${heldOut.count} images with ${features.dims} features each: with so few images it is ` +
          'biased upward, and is comparable only with FIDs of the same number of images. KID has no such bias.',
      });
    }
    return new FeatureDistances(context, { file, heldOut, device, seed }, features);
  }

  /**
   * @param sets translations of all held-out images
   * @returns the distance of each, or undefined if a stop was requested
   */
  async measure(sets: readonly ImageSequence[]): Promise<FeatureDistance[] | undefined> {
    const { training, run, shouldStop } = this.#context;
    const { file, heldOut, device, seed } = this.#targets;
    return withFeatureNetwork(file, training.config.evaluate.featureNetwork, device, async (network) => {
      const distances: FeatureDistance[] = [];
      for (const images of sets) {
        if (shouldStop()) return undefined;
        const features = await network.features(images);
        distances.push({
          fid: frechetDistance(features, this.#features),
          // A new generator for each set, so that all use the same subsets.
          kid: kernelDistance(features, this.#features, { random: new Random(seed).fork('kernel distance') }),
        });
        run.emit({
          type: 'progress',
          message: 'measuring FID and KID',
          unit: 'images',
          done: distances.length * heldOut.count,
          total: sets.length * heldOut.count,
        });
      }
      return distances;
    });
  }
}

import { problemInChain } from '../files/training-chain.ts';
import { nearestNames } from '../nearest.ts';
import type { Problem } from '../problem.ts';
import { divisors, GENERATORS, nearestTo } from '../schema/generators.ts';
import { blockLengthMultiple, mostDiscriminatorLayers } from '../schema/network-limits.ts';
import type { TrainingConfig } from '../schema/training-schema.ts';
import type { YamlDocument } from '../yaml/document.ts';
import type { KeyPath } from '../yaml/key-path.ts';

/** Finds sizes that are each allowed but do not fit together, so that a network could not be built. */
export function sizeProblems(chain: readonly YamlDocument[], config: TrainingConfig): Problem[] {
  const { image, generator, discriminator, lora, weightGenerator } = config;
  const problems: Problem[] = [];
  const check = (
    isWrong: boolean,
    path: KeyPath,
    found: number | string,
    message: string,
    fits: readonly (number | string)[],
  ) => {
    if (!isWrong) return;
    problems.push(
      problemInChain(chain, path, {
        kind: 'impossible-size',
        message,
        remedy: fits.length > 0 ? `Use ${fits.slice(0, 3).join(' or ')}.` : 'Change one of the two.',
        found: `${found}`,
        allowed: fits.join(', '),
        replacements: fits.slice(0, 3).map(String),
      }),
    );
  };

  const { stride, sections, misfits } = GENERATORS[generator.kind];
  const below = Math.floor(image.size / stride) * stride;
  check(
    image.size % stride !== 0,
    ['image', 'size'],
    image.size,
    `Images of ${image.size} pixels do not fit the ${generator.kind} generator, whose strides require a multiple of ${stride}.`,
    nearestTo(image.size, [below, below + stride]).filter((size) => size > 0),
  );
  for (const { key, found, message, fits } of misfits(generator)) {
    check(true, ['generator', key], found, message, fits);
  }

  check(
    image.crop.from > 0 && image.crop.from < image.size,
    ['image', 'crop', 'from'],
    image.crop.from,
    `Crops of ${image.size} pixels (\`image.size\`) cannot be taken from images of ${image.crop.from} pixels.`,
    [image.size, 2 * image.size],
  );

  const layersThatFit = mostDiscriminatorLayers(image.size);
  check(
    discriminator.layers > layersThatFit,
    ['discriminator', 'layers'],
    discriminator.layers,
    `${discriminator.layers} strided layers are too many for images of ${image.size} pixels (\`image.size\`): no patch is left.`,
    layersThatFit >= 1 ? [layersThatFit] : [],
  );

  const { blockSize, patch, latent, channels, timesteps, sampling } = weightGenerator;
  const unit = blockLengthMultiple(patch);
  const shorter = Math.floor(blockSize / unit) * unit;
  check(
    // Principal components are padded to a length that fits.
    latent === 0 && blockSize % unit !== 0,
    ['weightGenerator', 'blockSize'],
    blockSize,
    `Blocks of ${blockSize} weights cannot be folded by ${patch} (\`weightGenerator.patch\`) and halved twice: ${blockSize} is not a multiple of ${unit}.`,
    nearestTo(blockSize, [shorter, shorter + unit]).filter((size) => size >= 8),
  );
  check(
    channels % weightGenerator.heads !== 0,
    ['weightGenerator', 'heads'],
    weightGenerator.heads,
    `${weightGenerator.heads} attention heads do not divide ${channels} channels (\`weightGenerator.channels\`).`,
    nearestTo(weightGenerator.heads, divisors(channels, 32)),
  );
  check(
    sampling.steps > timesteps,
    ['weightGenerator', 'sampling', 'steps'],
    sampling.steps,
    `${sampling.steps} denoising steps are more than the ${timesteps} timesteps (\`weightGenerator.timesteps\`).`,
    [timesteps],
  );

  check(
    config.base.conditioning === 'text' && lora.train !== 'up',
    ['lora', 'train'],
    lora.train,
    '`base.conditioning: text` trains the shared down factors with the base, so LoRA may train `up` only.',
    ['up'],
  );

  for (const name of Object.keys(lora.ranks)) {
    const section = name.split('.')[0]!;
    if (sections.includes(section)) continue;
    problems.push(
      problemInChain(
        chain,
        ['lora', 'ranks', name],
        {
          kind: 'unknown-name',
          message: `The ${generator.kind} generator has no layer \`${name}\` that LoRA can adapt.`,
          remedy: `Use one of ${sections.join(', ')}, or a full layer name that begins with one.`,
          found: name,
          allowed: sections.join(', '),
          replacements: nearestNames(section, sections),
        },
        'key',
      ),
    );
  }
  return problems;
}

import { InvalidArgumentError, Option } from 'commander';
import { trainingSchema } from '../../project/schema/training-schema.ts';

const DEVICES = trainingSchema.shape.device.unwrap().options;

/** Options that several commands share. Each call creates a new one, because commander keeps state in them. */
export const commandOptions = {
  project: () =>
    new Option(
      '--project <folder>',
      'project folder (default: the nearest one at or above the working directory)',
    ),
  training: () => new Option('--training <name>', 'training config by name (default: the only one)'),
  concept: () => new Option('--concept <name>', 'concept by name'),
  json: (what: string) => new Option('--json', what),
  device: () => new Option('--device <name>', 'device to compute on, overriding the config').choices(DEVICES),
  threads: () =>
    new Option('--threads <n>', 'CPU threads, overriding the config; 0 means one per core').argParser(
      integer(0, 256),
    ),
};

/** Parses an integer within a range; commander shows the error next to the option. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

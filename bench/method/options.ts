import { Command, InvalidArgumentError, Option } from 'commander';

/** The command-line options. */
export interface Options {
  readonly quick: boolean;
  readonly photographs?: string;
  readonly jobs: number;
  readonly seeds?: number;
  readonly output?: string;
  readonly ablations: boolean;
  readonly docs: boolean;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a positive integer');
  return value;
}

/** Parses the command line; an invalid one ends the process with an explanation. */
export function readOptions(): Options {
  return new Command('npm run bench -- method')
    .description(
      'Trains base, zoo and weight generator and measures new concepts from every start against training from scratch. ' +
        'If interrupted, it continues where it stopped.',
    )
    .option('--quick', 'a small version that takes at most 15 minutes', false)
    .option('-p, --photographs <folder>', 'use images cut from these photographs instead of drawn scenes')
    .addOption(
      new Option('-j, --jobs <n>', 'number of processes, each with one thread')
        .argParser(positive)
        .default(2),
    )
    .addOption(
      new Option('-s, --seeds <n>', 'number of seeds of the full version, instead of three').argParser(
        positive,
      ),
    )
    .option('-o, --output <folder>', 'output folder (default: below .cache/bench/method)')
    .option('--no-ablations', 'skip the ablations, which take as long as one seed')
    .option('--docs', 'also put the tables and charts into docs/results.md', false)
    .parse()
    .opts<Options>();
}

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
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 on');
  return value;
}

/** Parses the command line; an invalid one ends the process with an explanation. */
export function readOptions(): Options {
  return new Command('npm run bench -- method')
    .description(
      'Trains base, zoo and weight generator and measures new concepts from every start against training from scratch. ' +
        'Interrupted, it goes on where it was.',
    )
    .option('--quick', 'a small form of at most a quarter of an hour', false)
    .option('-p, --photographs <folder>', 'cut these photographs into images instead of drawing scenes')
    .addOption(new Option('-j, --jobs <n>', 'processes, of one thread each').argParser(positive).default(2))
    .addOption(new Option('-s, --seeds <n>', 'of the full form: fewer than its three').argParser(positive))
    .option('-o, --output <folder>', 'where everything goes (default: below .cache/bench/method)')
    .option('--no-ablations', 'leave the ablations out: they take as long as a seed')
    .option('--docs', 'also put the tables and charts into docs/results.md', false)
    .parse()
    .opts<Options>();
}

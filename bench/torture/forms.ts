import { parseArgs } from 'node:util';
import { STAGE_NAMES, type Stage } from '../../src/protocol/stages.ts';

/** How much each campaign tries. */
export interface Form {
  readonly kills: number;
  /** Kills of processes that share a run. */
  readonly workerKills: number;
  /** Full disks per stage; infinite: at every call that needs space. */
  readonly fullPerStage: number;
  /** The calls of a stage that full disks are drawn from, from 1 on: the first and the last of them. */
  readonly calls?: readonly [first: number, last: number];
  /** Full file systems per stage, where one can be mounted. */
  readonly mountedPerStage: number;
  readonly yaml: number;
  readonly safetensors: number;
  readonly pictures: number;
  readonly runFolders: number;
  readonly messages: number;
}

const FORMS = {
  long: {
    kills: 1000,
    workerKills: 200,
    fullPerStage: Number.POSITIVE_INFINITY,
    mountedPerStage: 3,
    yaml: 20_000,
    safetensors: 20_000,
    pictures: 2000,
    runFolders: 2000,
    messages: 5000,
  },
  quick: {
    kills: 60,
    workerKills: 12,
    fullPerStage: 3,
    mountedPerStage: 1,
    yaml: 3000,
    safetensors: 3000,
    pictures: 400,
    runFolders: 400,
    messages: 800,
  },
} as const satisfies Record<string, Form>;

export const CAMPAIGNS = ['kills', 'workers', 'disk-full', 'read-only', 'mutations', 'yaml-suite'] as const;
export type CampaignName = (typeof CAMPAIGNS)[number];

export interface Options {
  readonly form: Form;
  readonly seed: number;
  readonly campaigns: readonly CampaignName[];
  /** Programs that run at a time in the campaigns of kills and full disks. */
  readonly jobs: number;
  /** Stages that the campaigns of full disks and read-only folders are limited to; empty: all. */
  readonly onlyStages: readonly Stage[];
}

const USAGE = `usage: npm run torture -- [options] [campaign...]
campaigns: ${CAMPAIGNS.join(', ')}
  --seed <n>   what is drawn (default: 1)
  --quick      about ten minutes
  --kills <n>  number of kills, instead of the form's
  --full <n>   number of full disks per stage, instead of the form's
  --calls <a>-<b>  full disks only at these calls of a stage, to repeat what was found
  --jobs <n>   programs at a time in the campaigns of kills and full disks (default: 1)
  --stage <s>  full disks and read-only folders only in this stage; may be repeated
  --help       this text`;

/**
 * @returns the usage, if it is asked for
 * @throws Error that says how the command is used
 */
export function readOptions(args: readonly string[]): Options | string {
  const whole = (text: string) => {
    if (!/^\d+$/.test(text)) throw new Error(`${text} is not a whole number\n${USAGE}`);
    return Number(text);
  };
  const range = (text: string): [number, number] => {
    const [first, last, ...more] = text.split('-').map(whole);
    if (last === undefined || more.length > 0)
      throw new Error(`${text} is not a range such as 40-60\n${USAGE}`);
    return [first!, last];
  };
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`);
  }
  const { values, positionals } = parsed;
  if (values.help) return USAGE;
  const unknown = positionals.find((name) => !CAMPAIGNS.includes(name as CampaignName));
  if (unknown !== undefined) throw new Error(`There is no campaign '${unknown}'.\n${USAGE}`);
  const form: Form = FORMS[values.quick ? 'quick' : 'long'];
  return {
    form: {
      ...form,
      ...(values.kills !== undefined && {
        kills: whole(values.kills),
        workerKills: whole(values.kills),
      }),
      ...(values.full !== undefined && { fullPerStage: whole(values.full) }),
      ...(values.calls !== undefined && { calls: range(values.calls), mountedPerStage: 0 }),
    },
    seed: whole(values.seed),
    campaigns: positionals.length === 0 ? CAMPAIGNS : (positionals as CampaignName[]),
    jobs: Math.max(1, whole(values.jobs)),
    onlyStages: values.stage.map((stage) => {
      if (!(STAGE_NAMES as readonly string[]).includes(stage))
        throw new Error(`There is no stage '${stage}'. Stages: ${STAGE_NAMES.join(', ')}\n${USAGE}`);
      return stage as Stage;
    }),
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      seed: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
      kills: { type: 'string' },
      full: { type: 'string' },
      calls: { type: 'string' },
      jobs: { type: 'string', default: '1' },
      stage: { type: 'string', multiple: true, default: [] },
    },
  });
}

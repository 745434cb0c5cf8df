import type { GroupState } from '../compute/types.ts';
import { readSafetensors, type WritableTensor, writeSafetensors } from '../data/safetensors.ts';
import { readSafetensorsHeader, withRemedy } from '../project/disk/safetensors-header.ts';
import { UserError } from '../project/user-error.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';

/** Everything that determines the layouts of a checkpoint's groups. */
export type CheckpointArchitecture = JsonObject;

export interface Checkpoint {
  readonly architecture: CheckpointArchitecture;
  /** Values by group, with moments if the group is trained. */
  readonly groups: Readonly<Record<string, GroupState>>;
  /** Everything else that a resumed run needs. */
  readonly extra: JsonObject;
}

const FORMAT = 'dnw-checkpoint';
const DAMAGED = 'The file is damaged: delete it and train again.';
const PARTS = ['values', 'moment1', 'moment2'] as const;

/**
 * Writes a checkpoint: float32 tensors `<group>.values`, `.moment1`, `.moment2`, and the rest as JSON metadata. The file is
 * written whole or not at all.
 */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const tensors: Record<string, WritableTensor> = {};
  const stepCounts: Record<string, number> = {};
  for (const [name, state] of Object.entries(checkpoint.groups)) {
    stepCounts[name] = state.stepCount;
    for (const part of PARTS) {
      const data = state[part];
      if (data) tensors[`${name}.${part}`] = { shape: [data.length], data };
    }
  }
  await writeSafetensors(path, tensors, {
    format: FORMAT,
    architecture: JSON.stringify(checkpoint.architecture),
    stepCounts: JSON.stringify(stepCounts),
    extra: JSON.stringify(checkpoint.extra),
  });
}

/** The parsed JSON metadata of a checkpoint's header; a value is undefined if it is absent or not JSON. */
export interface CheckpointHeader {
  readonly architecture: unknown;
  readonly extra: unknown;
}

/**
 * Reads only a checkpoint's header, which says how the rest has to be read.
 * @throws UserError if the file is missing or not a valid safetensors file
 */
export async function readCheckpointHeader(path: string): Promise<CheckpointHeader> {
  const { metadata } = await readSafetensorsHeader(path).catch((error: unknown) => {
    throw withRemedy(error, DAMAGED);
  });
  return { architecture: parseOrUndefined(metadata.architecture), extra: parseOrUndefined(metadata.extra) };
}

function parseOrUndefined(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}

/**
 * Reads a whole checkpoint of exactly this architecture.
 * @throws UserError if the file is not a checkpoint, is incomplete, has values that are not finite, or has another architecture
 */
export async function readCheckpoint(path: string, expected: CheckpointArchitecture): Promise<Checkpoint> {
  const checkpoint = await readAnyCheckpoint(path);
  const differences = architectureDifferences(checkpoint.architecture, expected);
  if (differences.length > 0) {
    throw new UserError(
      'other-architecture',
      `${path}: made for another architecture. ${differences.join('; ')}. ` +
        'Change the training config back, or train again.',
    );
  }
  return checkpoint;
}

/**
 * Reads a whole checkpoint, whatever its architecture.
 * @throws UserError if the file is not a checkpoint, or is incomplete, or has values that are not finite
 */
export async function readAnyCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readSafetensors(path, { remedy: DAMAGED });
  if (metadata.format !== FORMAT) {
    throw new UserError(
      'not-ours',
      `${path}: not a checkpoint of this program (no format ${FORMAT} in its metadata).`,
    );
  }
  const architecture = parse(path, metadata, 'architecture');
  const groups: Record<string, GroupState> = {};
  for (const [name, stepCount] of Object.entries(parse(path, metadata, 'stepCounts'))) {
    const part = (key: (typeof PARTS)[number]) => {
      const tensor = tensors.get(`${name}.${key}`);
      return tensor?.data instanceof Float32Array ? tensor.data : undefined;
    };
    const values = part('values');
    const [moment1, moment2] = [part('moment1'), part('moment2')];
    if (!values || typeof stepCount !== 'number' || !moment1 !== !moment2) {
      throw new UserError('damaged-file', `${path}: group ${name} is incomplete. ${DAMAGED}`);
    }
    groups[name] = { values, stepCount, ...(moment1 && moment2 ? { moment1, moment2 } : {}) };
  }
  return { architecture, groups, extra: parse(path, metadata, 'extra') };
}

function parse(path: string, metadata: Readonly<Record<string, string>>, key: string): JsonObject {
  try {
    return JSON.parse(metadata[key] ?? '') as JsonObject;
  } catch {
    throw new UserError('damaged-file', `${path}: its metadata has no readable ${key}. ${DAMAGED}`);
  }
}

/** "generator.channels is 64 in the file and 32 in the config", for each key in which two architectures differ. */
export function architectureDifferences(
  found: CheckpointArchitecture,
  expected: CheckpointArchitecture,
): string[] {
  const inFile = flatten(found);
  const inConfig = flatten(expected);
  return [...new Set([...inFile.keys(), ...inConfig.keys()])]
    .filter((key) => inFile.get(key) !== inConfig.get(key))
    .sort()
    .map(
      (key) =>
        `${key} is ${inFile.get(key) ?? 'absent'} in the file and ${inConfig.get(key) ?? 'absent'} in the config`,
    );
}

/** Leaves of an object by dotted path, as JSON text. Absent and undefined are the same, as in a file. */
function flatten(value: JsonObject, prefix = ''): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const [key, child] of Object.entries(value)) {
    const path = prefix + key;
    if (isObject(child)) for (const [inner, leaf] of flatten(child, `${path}.`)) leaves.set(inner, leaf);
    else if (child !== undefined) leaves.set(path, JSON.stringify(child));
  }
  return leaves;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

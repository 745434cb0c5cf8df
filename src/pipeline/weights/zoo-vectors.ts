import { isDeepStrictEqual } from 'node:util';
import type { PromptEncoderKind } from '../../data/prompt-encoder.ts';
import type { Between } from '../../data/unless-stopped.ts';
import { listMembers, readMember, type ZooMember } from '../../data/zoo.ts';
import { NameSet } from '../../project/names.ts';
import { projectPaths } from '../../project/paths.ts';
import type { LoadedTraining, Project } from '../../project/project.ts';
import { FEWEST_ZOO_MEMBERS, zooConcepts } from '../../project/selection.ts';
import { UserError } from '../../project/user-error.ts';
import { wayTo } from '../remedies.ts';
import type { BaseModel } from './base-model.ts';
import { nearestPrompt } from './prompt-features.ts';

/**
 * Members of this base's zoo that the config selects, ordered by name.
 * @param between called after each member
 * @throws UserError if there are too few, a value is not finite, or the layout of a member's vector differs from that of the config's LoRA
 */
export async function readZoo(
  project: Project,
  training: LoadedTraining,
  base: BaseModel,
  between?: Between,
): Promise<ZooMember[]> {
  const folder = projectPaths(project.folder).zooOf(base.hash);
  const concepts = zooConcepts(project, training);
  const collecting = wayTo('collectZoo', training.name);
  if (concepts.length < FEWEST_ZOO_MEMBERS) {
    const count = concepts.length === 1 ? 'one concept' : `${concepts.length || 'no'} concepts`;
    throw new UserError(
      'small-zoo',
      `${training.path}: ${training.name} selects ${count} for the zoo; the weight generator needs at least ` +
        `${FEWEST_ZOO_MEMBERS}. Hold out fewer (collect.holdOut), select more (collect.concepts) or add concepts, then ` +
        `collect them: ${collecting}`,
    );
  }
  const selected = new NameSet(concepts.map(({ name }) => name));
  const files = (await listMembers(folder)).filter(({ concept }) => selected.has(concept));
  if (files.length < FEWEST_ZOO_MEMBERS) {
    throw new UserError(
      'small-zoo',
      `${folder}: the zoo of this base has ${files.length} of the ${concepts.length} concepts that ${training.name} ` +
        `selects; at least ${FEWEST_ZOO_MEMBERS} are needed. Collect them first: ${collecting}`,
    );
  }
  const members: ZooMember[] = [];
  for (const { path, concept } of files) {
    const remedy = `Collect it again: ${wayTo('collectMember', training.name, concept)}`;
    const member = await readMember(path, remedy);
    if (member.layout.size !== base.lora.layout.size) {
      throw new UserError(
        'other-architecture',
        `${path} holds ${member.layout.size} LoRA weights, but the config's LoRA has ${base.lora.layout.size}. ${remedy}`,
      );
    }
    if (!isDeepStrictEqual(member.layout.entries, base.lora.layout.entries)) {
      throw new UserError(
        'other-architecture',
        `${path} holds LoRA weights whose ranks differ from the config's. ${remedy}`,
      );
    }
    members.push(member);
    await between?.(members.length, files.length);
  }
  return members;
}

/** A member's weights at the end of its training. */
export function finalVector({ checkpoints }: Pick<ZooMember, 'checkpoints'>): Float32Array {
  return checkpoints[checkpoints.length - 1]!;
}

export function meanVector(members: readonly ZooMember[]): Float32Array {
  const mean = new Float64Array(finalVector(members[0]!).length);
  for (const member of members) {
    for (const [i, value] of finalVector(member).entries()) mean[i]! += value / members.length;
  }
  return Float32Array.from(mean);
}

/** The member whose prompt is nearest to the given one. */
export async function nearestMember(
  kind: PromptEncoderKind,
  members: readonly ZooMember[],
  prompt: string,
): Promise<ZooMember> {
  const prompts = members.map((member) => member.prompt);
  return members[await nearestPrompt(kind, prompts, prompt)]!;
}

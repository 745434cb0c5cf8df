import { withEqualPrompts } from '../../project/prompt-words.ts';

/** The largest numbers of groups and of names in one that are listed. */
const MOST = 5;

/** Warnings for members of a zoo that a weight generator cannot tell apart, since their prompts are the same. */
export function equalPromptWarnings(
  members: readonly { readonly name: string; readonly prompt: string }[],
): string[] {
  const groups = withEqualPrompts(members);
  if (groups[0]?.length === members.length) {
    return [
      `all ${members.length} members of the zoo have the same prompt, "${members[0]!.prompt}": ` +
        'weights cannot depend on the prompt. Give each its own.',
    ];
  }
  const warnings = groups
    .slice(0, MOST)
    .map(
      (group) =>
        `${listed(group.map(({ name }) => name))} have the same prompt, "${group[0]!.prompt}": ` +
        'the weight generator cannot tell them apart. Describe each in its own words.',
    );
  const more = groups.length - warnings.length;
  return more > 0 ? [...warnings, `${more} more prompts belong to several members.`] : warnings;
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST;
  const shown = more > 1 ? [...names.slice(0, MOST), `${more} more`] : names;
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

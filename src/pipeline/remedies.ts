import { ENGLISH, STAGE_COMMANDS, type StageCommand } from '../protocol/stages.ts';

/** How to run a command in the editor and in a terminal: the same message is shown in both. */
export function wayTo(command: StageCommand, training: string, concept?: string): string {
  const { stage, title } = STAGE_COMMANDS.find(({ id }) => id === command)!;
  const options = `--training ${training}${concept === undefined ? '' : ` --concept ${concept}`}`;
  return `"${title(ENGLISH)}" in the editor, or dnw ${stage} ${options}`;
}

import { ENGLISH, STAGE_COMMANDS, type StageCommand } from '../protocol/stages.ts';

/** How one does something in the editor and in a terminal: people read the same message in both. */
export function wayTo(command: StageCommand, training: string, concept?: string): string {
  const { stage, title } = STAGE_COMMANDS.find(({ id }) => id === command)!;
  const options = `--training ${training}${concept === undefined ? '' : ` --concept ${concept}`}`;
  return `"${title(ENGLISH)}" in the editor, or dnw ${stage} ${options}`;
}

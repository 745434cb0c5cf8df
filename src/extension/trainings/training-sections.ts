import type { YamlDocument } from '../../project/yaml/document.ts';
import type { Stage } from '../../protocol/stages.ts';

/** The sections of a training config that a stage goes by, with the stages, in the order of the method. */
export const SECTION_STAGES = [
  { section: 'image', stage: 'prepare' },
  { section: 'base', stage: 'train-base' },
  { section: 'collect', stage: 'collect' },
  { section: 'weightGenerator', stage: 'train-generator' },
  { section: 'fineTune', stage: 'fine-tune' },
  { section: 'evaluate', stage: 'evaluate' },
] as const satisfies readonly { section: string; stage: Stage }[];

export type SectionStage = (typeof SECTION_STAGES)[number]['stage'];

/**
 * The line, from 0, above which each stage is offered: that of its section; the first line of the file for those
 * whose section it does not have, since all of them can run with what it extends.
 */
export function stageLines(document: YamlDocument): { stage: SectionStage; line: number }[] {
  return SECTION_STAGES.map(({ section, stage }) => ({
    stage,
    line: document.has([section]) ? document.keyRange([section]).line - 1 : 0,
  }));
}

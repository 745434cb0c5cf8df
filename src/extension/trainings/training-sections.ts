import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import type { YamlDocument } from '../../project/yaml/document.ts';
import type { StageSection } from '../../protocol/stage-entry.ts';
import { STAGE_NAMES, type STAGES, type Stage, stageEntry, type Translator } from '../../protocol/stages.ts';

type SectionKey = NonNullable<(typeof STAGES)[Stage]['section']>['key'];

/** A stage that uses a section of the training config. */
export interface SectionStage {
  readonly stage: Stage;
  readonly key: keyof TrainingConfig;
  readonly section: StageSection<Translator>;
}

/** Sections with their stages, in the order of the method. */
export const SECTION_STAGES: readonly SectionStage[] = STAGE_NAMES.flatMap((stage) => {
  const { section } = stageEntry(stage);
  return section ? [{ stage, key: section.key as SectionKey, section }] : [];
});

/**
 * The zero-based line above which a stage is offered: that of its section, or the first line of the file if it lacks
 * the section, since the stage can run with what the file extends.
 */
export function lineOf({ key }: SectionStage, document: YamlDocument): number {
  return document.has([key]) ? document.keyRange([key]).line - 1 : 0;
}

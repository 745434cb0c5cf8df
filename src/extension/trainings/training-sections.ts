import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import type { YamlDocument } from '../../project/yaml/document.ts';
import type { StageSection } from '../../protocol/stage-entry.ts';
import { STAGE_NAMES, type STAGES, type Stage, stageEntry, type Translator } from '../../protocol/stages.ts';

type SectionKey = NonNullable<(typeof STAGES)[Stage]['section']>['key'];

/** A stage that goes by a section of the training config. */
export interface SectionStage {
  readonly stage: Stage;
  readonly key: keyof TrainingConfig;
  readonly section: StageSection<Translator>;
}

/** In the order of the method. */
export const SECTION_STAGES: readonly SectionStage[] = STAGE_NAMES.flatMap((stage) => {
  const { section } = stageEntry(stage);
  return section ? [{ stage, key: section.key as SectionKey, section }] : [];
});

/**
 * The line, from 0, above which a stage is offered: that of its section; the first line of the file where it does not
 * have the section, since the stage can run with what the file extends.
 */
export function lineOf({ key }: SectionStage, document: YamlDocument): number {
  return document.has([key]) ? document.keyRange([key]).line - 1 : 0;
}

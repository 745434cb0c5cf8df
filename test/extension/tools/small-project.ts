import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Run } from '../../../src/extension/runs/run-state.ts';
import { NO_STATUS } from '../../../src/extension/runs/run-status.ts';
import type { RunRecord } from '../../../src/protocol/run.ts';

const EFFECT = 'pairs: { source: ../images, target: { effect: [sepia, fog] } }';

/** A project without mistakes; nothing reads what is in its images. */
export const SMALL_PROJECT: Readonly<Record<string, string>> = {
  'fast.training.yaml': 'extends: preset:fast\ncollect: { holdOut: [held-out] }\n',
  'concepts/fog.concept.yaml': `prompt: make it foggy\ntags: [weather]\n${EFFECT}\n`,
  'concepts/snow.concept.yaml': `prompt: make it "snow"\ntags: [weather]\n${EFFECT}\n`,
  'concepts/dusk.concept.yaml': `prompt: the sun has set\n${EFFECT}\n`,
  'concepts/night.concept.yaml': `prompt: at night\ntags: [held-out]\npairs: { aligned: ../images }\n`,
  'images/a.png': '',
  'images/b.png': '',
};

/** A folder with these files, removed after the test. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tools-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

export function runOf(project: string, id: string, more: Partial<Run> = {}): Run {
  const record = {
    stage: 'fine-tune',
    name: 'snow',
    training: 'fast.training.yaml',
    concept: 'concepts/snow.concept.yaml',
  } as RunRecord;
  return {
    project,
    id,
    folder: join(project, 'runs', id),
    state: 'succeeded',
    status: NO_STATUS,
    stopping: false,
    record,
    ...more,
  };
}

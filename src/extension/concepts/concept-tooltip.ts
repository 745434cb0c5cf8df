import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LoadedConcept, Project } from '../../project/load.ts';
import { UserError } from '../../project/user-error.ts';
import { metricsText } from '../runs/metrics-text.ts';
import { progressText, stageTitle } from '../runs/run-wording.ts';
import { CONCEPT_STAGES, type ConceptProgress } from './concept-stage.ts';
import { stageName } from './concept-wording.ts';

/** Width of an image in pixels. */
const WIDTH = 240;

/** Everything known about a concept, with an image of it if there is one. */
export async function conceptTooltip(
  project: Project,
  concept: LoadedConcept,
  progress: ConceptProgress,
): Promise<vscode.MarkdownString> {
  const text = new vscode.MarkdownString('**').appendText(concept.name).appendMarkdown('**\n\n');
  text.appendText(concept.prompt).appendMarkdown('\n\n');
  const picture = await pictureOf(project, progress);
  if (picture !== undefined) {
    text
      .appendMarkdown(
        `![${picture.label.replace(/[\\[\]]/g, '\\$&')}](${picture.address}|width=${WIDTH})\n\n`,
      )
      .appendText(picture.label)
      .appendMarkdown('\n\n');
  }
  for (const stage of CONCEPT_STAGES) {
    const file = progress.made[stage];
    const when = file === undefined ? '—' : new Date(file.modified).toLocaleString(vscode.env.language);
    text
      .appendMarkdown('- ')
      .appendText(`${stageName(stage)}: ${when}`)
      .appendMarkdown('\n');
  }
  const { measured, active } = progress;
  if (active?.record) {
    text
      .appendMarkdown('\n')
      .appendText(`${stageTitle(active.record.stage)}: ${progressText(active.status)}`);
  }
  if (measured?.record) {
    const metrics = metricsText(measured.status.metrics?.values) ?? '';
    text.appendMarkdown('\n\n').appendText(`${stageTitle(measured.record.stage)}: ${metrics}`);
  }
  if (concept.tags.length > 0) text.appendMarkdown('\n\n').appendText(`# ${concept.tags.join(', ')}`);
  return text.appendMarkdown('\n\n').appendText(vscode.workspace.asRelativePath(concept.path));
}

/** The newest run's sample image; otherwise a prepared pair. */
async function pictureOf(
  project: Project,
  { pictured, made }: ConceptProgress,
): Promise<{ address: string; label: string } | undefined> {
  const sample = pictured?.status.sample;
  if (pictured !== undefined && sample !== undefined) {
    return { address: addressOf(join(pictured.folder, sample.file)), label: sample.label };
  }
  if (made.pairs === undefined) return undefined;
  const png = await thumbnail(project.folder, made.pairs.file);
  if (png === undefined) return undefined;
  return {
    address: `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
    label: vscode.l10n.t('source | target'),
  };
}

/** A damaged cache has no image to show: the next stage rebuilds it. */
async function thumbnail(project: string, file: string): Promise<Uint8Array | undefined> {
  try {
    const { pairThumbnail } = await import('./pair-thumbnail.ts');
    return await pairThumbnail(project, join(project, file));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Parentheses would end the URL, and what follows a vertical bar is parsed as the size. */
function addressOf(path: string): string {
  return vscode.Uri.file(path)
    .toString()
    .replaceAll('(', '%28')
    .replaceAll(')', '%29')
    .replaceAll('|', '%7C');
}

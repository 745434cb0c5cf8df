import { type InlayHint, InlayHintKind, type Range } from 'vscode-languageserver';
import { conceptFacts, type Fact, trainingFacts } from '../../project/training-facts.ts';
import type { YamlDocument } from '../../project/yaml/document.ts';
import { hintPosition } from './hint-position.ts';
import type { CheckedProject } from './project-diagnostics.ts';

/** Hints after each value that show what it resolves to in this project; none for a file with errors. */
export async function inlayHints(
  document: YamlDocument,
  within: Range,
  { project, sources }: CheckedProject,
): Promise<InlayHint[]> {
  const training = project.trainings.find(({ path }) => path === document.file);
  const concept = project.concepts.find(({ path }) => path === document.file);
  const facts = training
    ? await trainingFacts(project, training, sources)
    : concept
      ? await conceptFacts(project, concept, sources)
      : [];
  return facts
    .filter(({ path }) => document.has(path))
    .map((fact) => hint(document, fact))
    .filter(({ position: { line } }) => within.start.line <= line && line <= within.end.line);
}

function hint(document: YamlDocument, { path, text, detail }: Fact): InlayHint {
  const position = hintPosition(document, path);
  return { position, label: text, kind: InlayHintKind.Type, tooltip: detail, paddingLeft: true };
}

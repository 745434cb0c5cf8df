import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryExampleProject } from '../workbench/example-project.ts';
import { openWorkbench } from './scenario.ts';

/** The language server starts with the first file that is opened. */
const patience = { timeout: 30_000 };

it('marks a misspelt key of a concept at its place until it is mended', async () => {
  const project = temporaryExampleProject();
  const file = readdirSync(join(project, 'concepts')).sort()[0]!;
  const lines = readFileSync(join(project, 'concepts', file), 'utf8').split('\n');
  const promptLine = lines.findIndex((line) => line.startsWith('prompt:')) + 1;
  const prompt = lines[promptLine - 1]!;

  const { explorer, editor, problems } = await openWorkbench(project);
  await explorer.expand('concepts');
  await explorer.open(file);
  await editor.waitForTab(file);
  await editor.replaceLine(promptLine, prompt.replace('prompt:', 'promt:'));

  await expect.poll(() => editor.markedTexts('error'), patience).toContain('promt');
  await problems.show();
  expect(await problems.find('promt')).toMatchObject({ line: promptLine, column: 1 });

  await editor.replaceLine(promptLine, prompt);
  await problems.waitUntilGone('promt');
  await expect.poll(() => editor.markedTexts('error'), patience).not.toContain('promt');
});

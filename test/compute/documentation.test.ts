/** docs/compute.md shows what the compiler prints for one step; `DNW_DUMP_GRAPHS` with this file writes the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { printStep, stepHash } from '../../src/compute/graph/print.ts';
import { PORTABLE } from '../../src/compute/lower/target.ts';
import { printOnnx } from '../../src/compute/onnx/print-onnx.ts';
import { compile, lowerCompiled } from '../../src/compute/trace/compile.ts';
import { trace } from '../../src/compute/trace/trace.ts';
import { convolutionStep } from './convolution-step.ts';

/** The code block of the page that begins with this line, as lines. */
function block(page: string, first: string): string[] {
  const start = page.indexOf(`\`\`\`\n${first}\n`);
  expect(start, `the print that begins with "${first}" in docs/compute.md`).toBeGreaterThan(0);
  return page
    .slice(start + 4)
    .split('\n```')[0]!
    .split('\n');
}

it('shows the prints of the step in convolution-step.ts', () => {
  const page = readFileSync(join(process.cwd(), 'docs/compute.md'), 'utf8');
  const compiled = compile(convolutionStep);
  const { graph, notes } = lowerCompiled(compiled, PORTABLE);
  expect(page).toContain(`convolution-${stepHash(trace(convolutionStep))}/`);
  const heading = '# Graph of the step convolution after';
  expect(block(page, `${heading} remove-dead`).slice(1)).toEqual(printStep(compiled.step).split('\n'));
  const onnx = printOnnx(graph, notes).split('\n');
  for (const line of block(page, `${heading} onnx-cpu`).slice(1)) {
    if (line !== '...') expect(onnx).toContain(line);
  }
});

/** Writes the report as files: measurements, tables and charts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../src/project/disk/write-whole.ts';
import { ablationsSvg, curvesSvg, startsSvg } from './charts.ts';
import { type MethodReport, methodMarkdown } from './report.ts';

const DOCS = 'docs/results.md';
const BEGIN = '<!-- method: begin -->';
const END = '<!-- method: end -->';

/**
 * Writes `method.json`, `method.md` and the charts to a folder, and prints the tables.
 * @param intoDocs whether to put the tables and charts into docs/results.md as well
 */
export async function writeReport(report: MethodReport, output: string, intoDocs: boolean): Promise<void> {
  const json = join(output, 'method.json');
  await writeWhole(json, JSON.stringify(report, null, 1));
  const markdown = methodMarkdown(report);
  const written = join(output, 'method.md');
  await writeWhole(written, `${markdown}\n`);
  const charts = {
    'method-curves': curvesSvg(report),
    'method-starts': startsSvg(report),
    ...(report.ablations.length > 0 && { 'method-ablations': ablationsSvg(report) }),
  };
  for (const [name, svg] of Object.entries(charts)) await writeWhole(join(output, `${name}.svg`), svg);
  console.log(`\n${markdown}\n\n${json}\n${written}`);
  if (intoDocs) await writeDocs(markdown, charts);
}

async function writeDocs(markdown: string, charts: Readonly<Record<string, string>>): Promise<void> {
  const text = readFileSync(DOCS, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${DOCS} has no ${BEGIN} ... ${END}`);
  await writeWhole(DOCS, `${before}${BEGIN}\n${markdown}\n${END}${after}`);
  for (const [name, svg] of Object.entries(charts)) await writeWhole(`docs/images/${name}.svg`, svg);
}

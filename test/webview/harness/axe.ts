/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, ElementContext, RunOptions } from 'axe-core';
import type { Frame } from 'playwright-core';

declare const axe: { run(context: ElementContext, options: RunOptions): Promise<AxeResults> };

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What another theme can change. They take most of the time. */
const COLOR_RULES = ['color-contrast', 'link-in-text-block'];
/** The findings that keep people out. */
const GRAVE = ['serious', 'critical'];

/** What lies folded is looked at as well: tables behind charts, metadata, lists of files. */
export async function unfoldAll(frame: Frame): Promise<void> {
  await frame.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
}

/** Rows of one table that axe looks at: one piece of code writes all of them. */
const MOST_ROWS = 5;

/**
 * Brings axe into a page, past its policy: as a person does from the developer tools. Takes the further rows out of
 * every table: behind the charts they are thousands of elements, and axe takes a second for each thousand.
 */
export async function injectAxe(frame: Frame): Promise<void> {
  await frame.evaluate((most) => {
    for (const { rows } of document.querySelectorAll('tbody'))
      for (const row of Array.from(rows).slice(most)) row.remove();
  }, MOST_ROWS);
  await frame.evaluate(AXE);
}

/**
 * One line for each element that a rule finds serious fault with: rule, place, element and what would fix it.
 * @param where theme and width, as the lines say it
 * @param rules which of them to check: those of colors, the others, or all
 */
export async function graveFindings(
  frame: Frame,
  where: string,
  rules: 'colors' | 'others' | 'all' = 'all',
): Promise<string[]> {
  const colors = Object.fromEntries(COLOR_RULES.map((rule) => [rule, { enabled: false }]));
  const options: RunOptions =
    rules === 'colors' ? { runOnly: COLOR_RULES } : rules === 'others' ? { rules: colors } : {};
  const { violations } = await frame.evaluate(
    (chosen) => axe.run(document, { resultTypes: ['violations'], preload: false, ...chosen }),
    options,
  );
  return violations
    .filter(({ impact }) => GRAVE.includes(impact ?? ''))
    .flatMap(({ id, impact, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) =>
          `${id} (${impact}) in ${where}: ${target.flat().join(' >>> ')}: ${failureSummary}`,
      ),
    );
}

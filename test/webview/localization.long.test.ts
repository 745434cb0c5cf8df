import type { Page } from 'playwright-core';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { ViewName } from '../../src/extension/identifiers.ts';
import { wordsIn } from '../shown-words.ts';
import { markedMessages, parsed, unmarked, webviewSources } from './harness/messages.ts';
import { SCENARIOS } from './harness/scenarios.ts';
import { browserSession, settled } from './harness/session.ts';

const open = browserSession();
const MESSAGES = markedMessages();

/** Many points, to see that they are drawn: their words are those of the other runs. */
const LONG = /^run\/(long|six-long-runs)$/;

/** What the views have words of their own for, of all that the extension answers; everything else it says is data. */
const ENUMERATIONS = ['kind', 'state', 'level', 'method'];

/** Elements of which every text is data, or is nobody's to read. */
const DATA = [
  // The translations themselves, until the first render.
  'script',
  // Keys and values that whoever trained the file has written into it.
  '.metadata tbody',
  // Files and folders.
  'code',
  // What a file is, in the word that the engine has for it.
  '.artifacts vscode-button',
].join(', ');

/** Numbers with their units and days, which have helpers of their own. */
const FIGURES = [/[\d,.]+ (dB|ms|min|bytes|KiB|MiB|GiB)(?!\p{Letter})/gu, /\d{1,2} [A-Z][a-z]{2}( \d{4})?,/g];

interface Piece {
  text: string;
  /** The element that says it, and how. */
  where: string;
}

/** What a page says that is not in DATA, and what the extension has told it. */
function spoken(page: Page): Promise<{ pieces: Piece[]; told: string[] }> {
  return page.evaluate(
    ([data, enumerations]) => {
      const pieces: Piece[] = [];
      const say = (text: string, element: Element, how: string) => {
        if (element.closest(data) === null)
          pieces.push({ text, where: `${how} of ${element.outerHTML.slice(0, 100)}` });
      };
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const { nodeValue, parentElement } = texts.currentNode;
        // A sentence with markup in it is marked at its two ends.
        const whole = nodeValue!.split('«').length === nodeValue!.split('»').length;
        say(whole ? nodeValue! : parentElement!.textContent!, parentElement!, 'text');
      }
      for (const name of ['aria-label', 'aria-valuetext', 'title', 'placeholder', 'alt']) {
        for (const element of document.querySelectorAll(`[${name}]`)) {
          // Plot names the parts of its drawings, for nobody: they are hidden from whoever listens.
          if (name.startsWith('aria-') && element.closest('[aria-hidden=true]') !== null) continue;
          say(element.getAttribute(name)!, element, name);
        }
      }
      for (const text of harness.drawn) pieces.push({ text, where: 'a canvas' });
      const told = new Set<string>();
      const gather = (value: unknown, key: string): void => {
        if (typeof value === 'string' && !enumerations.includes(key)) told.add(value);
        if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
        for (const [own, inner] of Object.entries(value)) gather(inner, Array.isArray(value) ? key : own);
      };
      for (const answer of harness.answers) gather(answer, '');
      return { pieces, told: [...told] };
    },
    [DATA, ENUMERATIONS] as const,
  );
}

/** The pieces with a word in them that is neither a message nor data. */
async function untranslated(page: Page): Promise<string[]> {
  const { pieces, told } = await spoken(page);
  const data = told.filter((text) => /\p{Letter}{2}/u.test(text)).sort((a, b) => b.length - a.length);
  const isLeft = (text: string) => /\p{Letter}{2}/u.test(text);
  const without = (text: string) => {
    let rest = unmarked(text);
    if (!isLeft(rest)) return rest;
    // A column of the pictures begins its label with a capital.
    for (const known of data.flatMap((datum) => [datum, datum.charAt(0).toUpperCase() + datum.slice(1)]))
      if (rest.includes(known)) rest = rest.replaceAll(known, ' ');
    return FIGURES.reduce((shorter, figure) => shorter.replaceAll(figure, ' '), rest);
  };
  return pieces.filter(({ text }) => isLeft(without(text))).map(({ text, where }) => `“${text}” (${where})`);
}

/** What else a scenario can be brought to say. */
const FURTHER: Record<string, (page: Page) => Promise<void>> = {
  'weights/ready': async (page) => {
    await page.locator('.heat-map-surface').press('Enter');
    await page.locator('section:last-of-type .controls vscode-button').last().click();
    await page.locator('.scrubber-slider').waitFor();
    await page.locator('.scrubber-slider').press('Home');
  },
  'translate/ready': async (page) => {
    await page.locator('.denoise-again vscode-button').click();
    await page.locator('.denoise-again .notice').waitFor();
    // What is to be saved has to be there: the new weights' translations come first.
    await page.locator('main[aria-busy=false]').waitFor();
    for (const button of await page.locator('.side-by-side .controls vscode-button').all()) {
      await button.click();
      await settled(page);
    }
    await page.locator('.side-by-side .notice').nth(1).waitFor();
  },
  'run/running': async (page) => {
    await page.locator('.curve .u-over').first().hover();
    await page.locator('.scrubber-slider').press('Home');
    await page.locator('.range vscode-button').first().click();
  },
  'compare/ready': async (page) => {
    for (const toggle of await page.locator('.series-toggle').all()) await toggle.click();
  },
  'tensors/ready': async (page) => {
    await page.locator('.row-button').first().click();
    await page.locator('.sortable-table').nth(1).locator('.row-button').first().click();
    await page.locator('.heat-map-surface').focus();
    await page.locator('vscode-text-field').first().locator('input').fill('up');
  },
};

describe.each(Object.keys(SCENARIOS).filter((name) => !LONG.test(name)))('%s', (name) => {
  const [view, scenario] = name.split('/') as [ViewName, string];

  it('says nothing but translations and data', async () => {
    const page = await open({ view, scenario, messages: MESSAGES });
    await settled(page);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    await settled(page);
    expect(await untranslated(page)).toEqual([]);
    const further = FURTHER[name];
    if (further) {
      await further(page);
      await settled(page);
      expect(await untranslated(page)).toEqual([]);
    }
    // The page has the translations at all.
    expect(await page.locator('body').textContent()).toContain('«');
  });
});

it('takes a text for untranslated that is not marked, and data for what it is', async () => {
  const page = await open({
    view: 'weights',
    scenario: 'ready',
    messages: { ...MESSAGES, Magnitude: 'Magnitude' },
  });
  await settled(page);
  expect(await untranslated(page)).toEqual([
    expect.stringMatching(/^“Magnitude” \(text of <h2 id="norms-title"/),
  ]);
});

it('says what is not translated as it is written', async () => {
  const page = await open({ view: 'weights', scenario: 'loading', messages: {} });
  await page.getByText('Loading weights…').waitFor();
});

/** Attributes and properties of elements, columns and notices that people get to read. */
const SHOWN = new Set([
  'absent',
  'alt',
  'aria-label',
  'aria-valuetext',
  'beside',
  'caption',
  'columnTitle',
  'description',
  'hint',
  'label',
  'message',
  'note',
  'placeholder',
  'subtitle',
  'text',
  'title',
  'valueText',
]);

/** What returns words that are no language: units, colors and markup. */
const NO_LANGUAGE = [
  'webview/components/format.ts',
  'webview/components/color.ts',
  'webview/compare/svg-drawing.ts',
];

function shownParts(node: ts.Node): ts.Node[] {
  if (ts.isJsxText(node)) return /\p{Letter}{2}/u.test(node.text) ? [node] : [];
  if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent))
    return wordsIn(node.expression);
  if (ts.isJsxAttribute(node) && node.initializer && SHOWN.has(node.name.getText()))
    return wordsIn(node.initializer);
  if (ts.isPropertyAssignment(node) && SHOWN.has(node.name.getText())) return wordsIn(node.initializer);
  if (ts.isNewExpression(node) && node.expression.getText() === 'Error')
    return (node.arguments ?? []).flatMap(wordsIn);
  const name = (literal: ts.Node) => ts.isStringLiteral(literal) && /^[a-z-]+$/.test(literal.text);
  if (ts.isReturnStatement(node) && node.expression)
    return wordsIn(node.expression).filter((part) => !name(part));
  return [];
}

/** `file:line: text` of everything that is shown without a way to translate it. */
function literals(file: string, text: string): string[] {
  const source = parsed(file, text);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    for (const part of shownParts(node)) {
      const { line } = source.getLineAndCharacterOfPosition(part.getStart());
      found.push(`${file}:${line + 1}: ${part.getText().trim()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

it('has no text in its sources that cannot be translated, also where no scenario comes', () => {
  const sources = Array.from(webviewSources()).filter(([file]) => !NO_LANGUAGE.includes(file));
  expect(sources.length).toBeGreaterThan(80);
  expect(sources.flatMap(([file, text]) => literals(file, text))).toEqual([]);
});

it('finds what cannot be translated, and nothing else', () => {
  const text = `
    const page = (
      <section class="run parts" aria-label="Parts of the run">
        Whole run
        <p title={bad ? l10n.t('Fine') : 'Out of memory'}>{ready && \` \${count} steps\`}</p>
        <Choice value="seconds" options={[{ value: 'steps', label: 'Training steps' }]} />
        {l10n.t('{0} of {1}', 'step', 2)}: {name}
      </section>
    );
    const stateOf = () => { return last ? 'to-come' : 'done'; };
    const wordOf = () => { return 'to come'; };
    throw new Error(\`The picture of \${name} cannot be read.\`);
  `;
  expect(literals('example.tsx', text)).toEqual([
    'example.tsx:3: "Parts of the run"',
    'example.tsx:4: Whole run',
    "example.tsx:5: 'Out of memory'",
    `example.tsx:5: \` \${count} steps\``,
    "example.tsx:6: 'Training steps'",
    "example.tsx:11: 'to come'",
    `example.tsx:12: \`The picture of \${name} cannot be read.\``,
  ]);
});

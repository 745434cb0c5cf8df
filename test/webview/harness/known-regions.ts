import type { Page } from 'playwright-core';

/** Parts of a page that one component writes. */
const REGIONS = 'header, section, figure, details, table, form';

/** A region of a page and the region around it, by their places in the list of all; −1 where there is none. */
interface Region {
  /** What it is made of, and of what it stands in: neither its words nor its numbers. */
  build: string;
  around: number;
}

/** The regions of the page in the order of the document, those around others first. */
function regionsOf(page: Page): Promise<Region[]> {
  return page.evaluate((selector) => {
    const references = /^(for|aria-(labelledby|describedby|controls|details))$/;
    const words =
      /^(id|d|src|srcset|href|alt|title|value|points|transform|placeholder|aria-(label|valuetext))$/;
    const colors = /^(class|fill|stroke)$/;
    // Rules tell apart no text, one letter and more.
    const lengthOf = (text: string) => 'x'.repeat(Math.min(2, text.trim().length));
    const valueIn = ({ name, value }: Attr) => {
      if (colors.test(name)) return value;
      if (references.test(name))
        return value
          .split(/\s+/)
          .map((id) => (document.getElementById(id) ? 'there' : 'absent'))
          .join(' ');
      return words.test(name) ? lengthOf(value) : value.replace(/[\d.]+/g, '0');
    };
    const buildOf = (element: Element): string => {
      // Rows, ticks and bars repeat one another.
      const parts = new Set<string>();
      for (const child of element.childNodes) {
        if (child instanceof Element) parts.add(buildOf(child));
        else if (child instanceof Text) parts.add(lengthOf(child.data));
      }
      const attributes = Array.from(element.attributes, (one) => `${one.name}=${valueIn(one)}`);
      const scrolls =
        element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
      return `<${[element.localName, ...attributes].join(' ')}${scrolls ? ' scrolls' : ''}>${[...parts].join('')}</>`;
    };
    const regions = Array.from(document.querySelectorAll(selector));
    return regions.map((region) => {
      let place = '';
      let around = -1;
      for (let outer = region.parentElement; outer !== null; outer = outer.parentElement) {
        place = `${outer.localName}.${outer.className} ${place}`;
        if (around === -1) around = regions.indexOf(outer);
      }
      return { build: place + buildOf(region), around };
    });
  }, REGIONS);
}

/**
 * Takes the regions out of the page that are built as one that was there before, on this page or on an earlier one: the
 * same code wrote them, and the same styles hold for them. Axe takes its time for each element that is there.
 * @param before what was there before, which the regions of this page are added to
 * @returns puts them back
 */
export async function takeOutKnown(page: Page, before: Set<string>): Promise<() => Promise<void>> {
  const regions = await regionsOf(page);
  const known = regions.map(() => false);
  for (const [place, { build, around }] of regions.entries()) {
    known[place] = before.has(build) || known[around] === true;
    before.add(build);
  }
  const taken = await page.evaluateHandle(
    ([selector, marks]) => {
      const found = Array.from(document.querySelectorAll(selector)).filter((_, place) => marks[place]);
      return found.map((region) => {
        const placeholder = document.createComment('');
        region.replaceWith(placeholder);
        return { region, placeholder };
      });
    },
    [REGIONS, known] as const,
  );
  return () =>
    taken.evaluate((all) => {
      for (const { region, placeholder } of all) placeholder.replaceWith(region);
    });
}

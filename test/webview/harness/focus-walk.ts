import type { CDPSession, Page } from 'playwright-core';

/** A control as the keyboard finds it. */
export interface Stop {
  /** Two stops of one id are one control reached twice. */
  id: string;
  /** As Chromium tells assistive technology. */
  role: string;
  name: string;
  /** Of the group whose items the arrow keys walk; empty outside of one. */
  group: '' | 'vertical' | 'horizontal';
  /** Why the control cannot stand after the one before it in the order in which one reads; empty where it can. */
  disorder: string;
}

/** What can be operated. */
const CONTROLS =
  'a[href], button, input, select, textarea, summary, [tabindex], vscode-button, vscode-checkbox, vscode-dropdown, vscode-text-field';

declare global {
  var focusWalk: { idOf(element: Element): string; focused(): Element; before: Element | undefined };
}

async function prepare(page: Page): Promise<void> {
  await page.evaluate(() => {
    const ids = new Map<Element, string>();
    globalThis.focusWalk = {
      idOf(element) {
        const text = element.getAttribute('aria-label') || element.textContent;
        const name = (text || element.querySelector('img')?.alt || '').trim().slice(0, 40);
        const id = ids.get(element) ?? `${ids.size + 1}. ${element.localName} “${name}”`;
        ids.set(element, id);
        return id;
      },
      // The toolkit's elements hold what is focused in their shadows.
      focused() {
        let element = document.activeElement ?? document.body;
        while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return element;
      },
      before: undefined,
    };
  });
}

/** Ids of the controls that are shown and not disabled; what is in an element's shadow counts as the element. */
export function controlsOf(page: Page): Promise<string[]> {
  return page.evaluate(
    (selector) =>
      Array.from(document.querySelectorAll<HTMLElement>(selector))
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .filter((element) => !element.matches(':disabled, [disabled]'))
        // What only the arrow keys of a group come to is found within it.
        .filter(
          (element) => element.getAttribute('tabindex') !== '-1' || element.closest('[data-roving]') !== null,
        )
        .map(focusWalk.idOf),
    CONTROLS,
  );
}

/** The control that has the focus; undefined where none has. */
async function stopAt(page: Page, devTools: CDPSession): Promise<Stop | undefined> {
  const found = await page.evaluate(() => {
    const control = document.activeElement;
    if (control === null || control === document.body) return undefined;
    const { before } = focusWalk;
    focusWalk.before = control;
    let disorder = '';
    // Both measured now: the page scrolls as the focus moves.
    const [a, b] = [before?.getBoundingClientRect(), control.getBoundingClientRect()];
    if (a && b.bottom <= a.top && b.left < a.right) disorder = 'lies above the one before it';
    else if (a && a.bottom > b.top && b.bottom > a.top && b.right <= a.left)
      disorder = 'lies left of the one before it';
    const group = control.closest<HTMLElement>('[data-roving]')?.dataset.roving ?? '';
    return { id: focusWalk.idOf(control), group: group as Stop['group'], disorder };
  });
  if (found === undefined) return undefined;
  const { result } = await devTools.send('Runtime.evaluate', { expression: 'focusWalk.focused()' });
  const { nodes } = await devTools.send('Accessibility.getPartialAXTree', {
    objectId: result.objectId!,
    fetchRelatives: false,
  });
  const [node] = nodes;
  return { ...found, role: String(node?.role?.value ?? ''), name: String(node?.name?.value ?? '').trim() };
}

/**
 * Goes through the whole page with Tab from its top, and with the arrow keys through the groups on the way.
 * @param visit told of every stop while the focus is there
 */
export async function walk(page: Page, visit: (stop: Stop) => Promise<void>): Promise<Stop[]> {
  await prepare(page);
  const devTools = await page.context().newCDPSession(page);
  const stops: Stop[] = [];
  const most = (await controlsOf(page)).length + 5;
  const add = async (stop: Stop) => {
    stops.push(stop);
    await visit(stop);
  };
  for (let press = 0; press < most; press++) {
    await page.keyboard.press('Tab');
    const stop = await stopAt(page, devTools);
    // The focus has left the page at its end.
    if (stop === undefined) return stops;
    if (stop.group === '') {
      await add(stop);
      continue;
    }
    await page.keyboard.press('Home');
    let item = (await stopAt(page, devTools))!;
    await add({ ...item, disorder: stop.disorder });
    for (;;) {
      await page.keyboard.press(stop.group === 'vertical' ? 'ArrowDown' : 'ArrowRight');
      const next = (await stopAt(page, devTools))!;
      if (next.id === item.id) break;
      item = next;
      await add(item);
    }
  }
  throw new Error(`Tab does not come to the end of the page: ${stops.map(({ id }) => id).join(', ')}`);
}

/** Ids of where Shift+Tab stops on the way from the end of the page to its top. */
export async function walkBack(page: Page): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    await page.keyboard.press('Shift+Tab');
    const id = await page.evaluate(() => {
      const control = document.activeElement;
      return control === null || control === document.body ? undefined : focusWalk.idOf(control);
    });
    // The focus has left the page at its top, or has come round to its end.
    if (id === undefined || ids.includes(id)) return ids;
    ids.push(id);
  }
}

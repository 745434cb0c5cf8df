import type { CDPSession, Frame } from 'playwright-core';

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

async function prepare(frame: Frame): Promise<void> {
  await frame.evaluate(() => {
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
export function controlsOf(frame: Frame): Promise<string[]> {
  return frame.evaluate(
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

/** Reads what Chromium tells assistive technology of the element that has the focus in a frame. */
type ReadFocused = () => Promise<{ role: string; name: string }>;

/** The session that a frame's page is inspected with: a frame of the page's own origin shares that of its parent. */
async function devToolsOf(frame: Frame): Promise<CDPSession> {
  const context = frame.page().context();
  const parent = frame.parentFrame();
  if (parent === null) return context.newCDPSession(frame.page());
  return context.newCDPSession(frame).catch(() => devToolsOf(parent));
}

async function readerOfFocused(frame: Frame): Promise<ReadFocused> {
  const devTools = await devToolsOf(frame);
  // Of the frames of one session only the walked one was prepared.
  const contexts: number[] = [];
  devTools.on('Runtime.executionContextCreated', ({ context }) => contexts.push(context.id));
  await devTools.send('Runtime.enable');
  const prepared = await Promise.all(
    contexts.map(async (contextId) => {
      const expression = 'globalThis.focusWalk !== undefined';
      const { result } = await devTools.send('Runtime.evaluate', { expression, contextId });
      return result.value === true;
    }),
  );
  const contextId = contexts.find((_, index) => prepared[index]);
  if (contextId === undefined) throw new Error('the frame is not among those of its session');
  return async () => {
    const { result } = await devTools.send('Runtime.evaluate', {
      expression: 'focusWalk.focused()',
      contextId,
    });
    const { nodes } = await devTools.send('Accessibility.getPartialAXTree', {
      objectId: result.objectId!,
      fetchRelatives: false,
    });
    const [node] = nodes;
    return { role: String(node?.role?.value ?? ''), name: String(node?.name?.value ?? '').trim() };
  };
}

/** The control that has the focus; undefined where none of the frame's has. */
async function stopAt(frame: Frame, readFocused: ReadFocused): Promise<Stop | undefined> {
  const found = await frame.evaluate(() => {
    const control = document.activeElement;
    if (!document.hasFocus() || control === null || control === document.body) return undefined;
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
  return found && { ...found, ...(await readFocused()) };
}

/**
 * Goes through the whole frame with Tab from its top, and with the arrow keys through the groups on the way.
 * @param visit told of every stop while the focus is there
 */
async function walk(frame: Frame, visit: (stop: Stop) => Promise<void>): Promise<Stop[]> {
  await prepare(frame);
  const { keyboard } = frame.page();
  const readFocused = await readerOfFocused(frame);
  const stops: Stop[] = [];
  const most = (await controlsOf(frame)).length + 5;
  const add = async (stop: Stop) => {
    stops.push(stop);
    await visit(stop);
  };
  for (let press = 0; press < most; press++) {
    await keyboard.press('Tab');
    const stop = await stopAt(frame, readFocused);
    // The focus has left the frame at its end.
    if (stop === undefined) return stops;
    if (stop.group === '') {
      await add(stop);
      continue;
    }
    await keyboard.press('Home');
    let item = (await stopAt(frame, readFocused))!;
    await add({ ...item, disorder: stop.disorder });
    for (;;) {
      await keyboard.press(stop.group === 'vertical' ? 'ArrowDown' : 'ArrowRight');
      const next = (await stopAt(frame, readFocused))!;
      if (next.id === item.id) break;
      item = next;
      await add(item);
    }
  }
  throw new Error(`Tab does not come to the end of the page: ${stops.map(({ id }) => id).join(', ')}`);
}

/** Ids of where Shift+Tab stops on the way from the last control that was walked to, itself included, to the top. */
async function walkBack(frame: Frame): Promise<string[]> {
  // Where Tab goes from the end of the page, and what lies before that, is up to what the page stands in.
  const last = await frame.evaluate(() => {
    const { before, idOf } = focusWalk;
    (before as HTMLElement).focus();
    return idOf(before!);
  });
  const ids = [last];
  for (;;) {
    await frame.page().keyboard.press('Shift+Tab');
    const id = await frame.evaluate(() => {
      const control = document.activeElement;
      return !document.hasFocus() || control === null || control === document.body
        ? undefined
        : focusWalk.idOf(control);
    });
    // The focus has left the frame at its top, or has come round to its end.
    if (id === undefined || ids.includes(id)) return ids;
    ids.push(id);
  }
}

/** Room around a control for the outline that shows the focus, in pixels. */
const MARGIN = 6;

/** Where on the screen a frame's page lies. */
async function areaOf(frame: Frame): Promise<{ x: number; y: number; width: number; height: number }> {
  if (frame.parentFrame() === null) return { x: 0, y: 0, ...frame.page().viewportSize()! };
  const area = await (await frame.frameElement()).boundingBox();
  if (area === null) throw new Error('the frame is not on the screen');
  return area;
}

/** What is drawn at the control that has the focus, with the focus or as it is without. */
async function pictureOfFocused(frame: Frame, without: boolean): Promise<string> {
  const control = await frame.evaluate((blurred) => {
    const element = document.activeElement as HTMLElement;
    const { x, y, width, height } = element.getBoundingClientRect();
    if (blurred) element.blur();
    return { x, y, width, height };
  }, without);
  const area = await areaOf(frame);
  const left = area.x + Math.max(0, control.x - MARGIN);
  const top = area.y + Math.max(0, control.y - MARGIN);
  const right = area.x + Math.min(area.width, control.x + control.width + MARGIN);
  const bottom = area.y + Math.min(area.height, control.y + control.height + MARGIN);
  const picture = await frame.page().screenshot({
    clip: { x: left, y: top, width: right - left, height: bottom - top },
    animations: 'disabled',
  });
  return picture.toString('base64');
}

/** What the keyboard finds on its way through a page, and back. */
export interface Walk {
  stops: readonly Stop[];
  /** Ids of controls that look the same with the focus and without. */
  bare: readonly string[];
  /** Ids of where Shift+Tab stops, in the order of the way there. */
  back: readonly string[];
}

/** Walks a frame's page from its top to its end and back; the focus has to lie before its first control. */
export async function walkThereAndBack(frame: Frame): Promise<Walk> {
  const kinds = new Set<string>();
  const bare: string[] = [];
  // A picture of each kind of control is enough: those of one kind have one style.
  const visit = async ({ id }: Stop) => {
    const kind = await frame.evaluate(() => {
      const { localName, className } = document.activeElement!;
      return `${localName}.${className}`;
    });
    if (kinds.has(kind)) return;
    kinds.add(kind);
    const focused = await pictureOfFocused(frame, false);
    const plain = await pictureOfFocused(frame, true);
    // As the keyboard does: the outline is for who came by it.
    await frame.evaluate(() => (focusWalk.before as HTMLElement).focus());
    if (focused === plain) bare.push(id);
  };
  const stops = await walk(frame, visit);
  return { stops, bare, back: (await walkBack(frame)).toReversed() };
}

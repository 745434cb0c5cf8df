import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const STEPS = {
  vertical: { ArrowDown: 1, ArrowUp: -1 },
  horizontal: { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 },
} as const;

export interface Roving<E extends HTMLElement> {
  ref: RefObject<E>;
  onKeyDown: (event: KeyboardEvent) => void;
  onFocusIn: (event: FocusEvent) => void;
  'data-roving': 'vertical' | 'horizontal';
}

/**
 * Makes many similar buttons one stop of the Tab key: the arrow keys, Home and End move between them. Tab returns to
 * the last focused one, and first goes to the pressed one. The attributes are for the element around the buttons.
 * @param items selector of the buttons
 */
export function useRoving<E extends HTMLElement>(
  direction: 'vertical' | 'horizontal',
  items: string,
): Roving<E> {
  const ref = useRef<E>(null);
  const current = useRef<HTMLElement>();
  // The element may be absent: a single item needs no strip.
  const all = () => Array.from(ref.current?.querySelectorAll<HTMLElement>(items) ?? []);
  const enter = (item: HTMLElement, others: readonly HTMLElement[]) => {
    current.current = item;
    for (const other of others) other.tabIndex = other === item ? 0 : -1;
  };
  // After every render, since rows come, go and move.
  useLayoutEffect(() => {
    const present = all();
    const kept = present.find((item) => item === current.current);
    const first = kept ?? present.find((item) => item.ariaPressed === 'true') ?? present[0];
    if (first) enter(first, present);
  });
  return {
    ref,
    'data-roving': direction,
    onFocusIn: ({ target }) => {
      const present = all();
      const item = present.find((candidate) => candidate === target);
      if (item) enter(item, present);
    },
    onKeyDown: (event) => {
      const present = all();
      const place = present.indexOf(event.target as HTMLElement);
      if (place < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
      const step = (STEPS[direction] as Record<string, number>)[event.key];
      const ends: Record<string, number> = { Home: 0, End: present.length - 1 };
      const next = step === undefined ? ends[event.key] : place + step;
      if (next === undefined) return;
      event.preventDefault();
      present[Math.min(present.length - 1, Math.max(0, next))]!.focus();
    },
  };
}

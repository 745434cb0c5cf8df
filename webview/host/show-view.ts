import { render, type VNode } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { localize } from './l10n.ts';

/** Draws a view as the whole page, once the editor's translations and the toolkit's elements are there. */
export function showView(view: VNode): void {
  localize();
  registerToolkit();
  render(view, document.body);
}

import { render, type VNode } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { localise } from './l10n.ts';

/** Draws a view as the whole page, once the editor's translations and the toolkit's elements are there. */
export function showView(view: VNode): void {
  localise();
  registerToolkit();
  render(view, document.body);
}

import { render, type VNode } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { localize } from './l10n.ts';

/** Renders a view as the whole page, after loading the editor's translations and the toolkit's elements. */
export function showView(view: VNode): void {
  localize();
  registerToolkit();
  render(view, document.body);
}

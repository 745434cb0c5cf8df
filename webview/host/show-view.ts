import { render, type VNode } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { renderInertly } from './inert-rendering.ts';
import { localize } from './l10n.ts';

/** Renders a view as the whole page, after loading the editor's translations and the toolkit's elements. */
export function showView(view: VNode): void {
  localize();
  registerToolkit();
  renderInertly();
  render(view, document.body);
}

import { options, type VNode } from 'preact';
import { inertText } from '../../src/protocol/inert-text.ts';

/** Attributes whose text is shown or spoken. */
const READ = /^(aria-.*|title|alt|label|placeholder)$/;

/**
 * Shows everything that is rendered from now on as plain text: names and messages may come from other people's files.
 * This changes what is shown, not what is received, so the host gets back exactly the names that it sent.
 */
export function renderInertly(): void {
  const { vnode: before } = options;
  options.vnode = (node) => {
    makeInert(node as VNode<unknown> & { props: unknown });
    before?.(node);
  };
}

function makeInert(node: { type: unknown; props: unknown }): void {
  // The type of a text is null, and its content takes the place of properties.
  if (typeof node.props === 'string') node.props = inertText(node.props);
  else if (typeof node.type === 'string') {
    const attributes = node.props as Record<string, unknown>;
    for (const [name, value] of Object.entries(attributes))
      if (typeof value === 'string' && READ.test(name)) attributes[name] = inertText(value);
  }
}

import { inertText } from '../../src/protocol/inert-text.ts';

/**
 * Keeps every text below an element plain, whoever writes it: a plot writes its own, some of it while the pointer moves.
 * @returns a function that stops this
 */
export function keepInert(holder: Element): () => void {
  const observer = new MutationObserver((changes) => {
    for (const { target } of changes) rewrite(target);
  });
  observer.observe(holder, { childList: true, characterData: true, subtree: true });
  return () => observer.disconnect();
}

function rewrite(node: Node): void {
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  for (let text: Node | null = texts.currentNode; text !== null; text = texts.nextNode()) {
    if (!(text instanceof Text)) continue;
    const inert = inertText(text.data);
    if (inert !== text.data) text.data = inert;
  }
}

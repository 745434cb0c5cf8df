interface Waiting {
  draw: () => void;
}

/** Draws after this time even on a page that is never idle because of an animation or a busy machine. */
const AT_THE_LATEST = { timeout: 50 };

/** Charts still to draw, in page order. */
const waiting: Waiting[] = [];

function drawNext(): void {
  const next = waiting.shift();
  if (next === undefined) return;
  // Schedules the next one first, so that an exception does not block the queue.
  if (waiting.length > 0) requestIdleCallback(drawNext, AT_THE_LATEST);
  next.draw();
}

/**
 * Draws an element at once if it begins on the screen. Draws everything further down one by one while the page is idle,
 * so that a long page appears as soon as its first screen is drawn.
 * @returns cancels the drawing if it has not happened yet
 */
export function drawInTurn(element: Element, draw: () => void): () => void {
  if (element.getBoundingClientRect().top < window.innerHeight) {
    draw();
    return () => {};
  }
  const entry = { draw };
  waiting.push(entry);
  if (waiting.length === 1) requestIdleCallback(drawNext, AT_THE_LATEST);
  return () => {
    const index = waiting.indexOf(entry);
    if (index >= 0) waiting.splice(index, 1);
  };
}

interface Waiting {
  draw: () => void;
}

/** A page that is never idle, since something moves on it or the machine is busy, goes on all the same. */
const AT_THE_LATEST = { timeout: 50 };

/** In the order of the page. */
const waiting: Waiting[] = [];

function drawNext(): void {
  const next = waiting.shift();
  if (next === undefined) return;
  // First, so that one that throws does not hold up those after it.
  if (waiting.length > 0) requestIdleCallback(drawNext, AT_THE_LATEST);
  next.draw();
}

/**
 * Draws at once what begins on the screen, and everything further down one by one, whenever the page has nothing else
 * to do: a long page is there as soon as its first screen is.
 * @returns calls the drawing off, where it has not happened yet
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

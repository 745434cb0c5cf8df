/**
 * Resolves once the page has held still for some frames. Runs in the page.
 * @param busy whether something is on its way that will change the page
 */
export async function standStill(busy: (() => boolean) | null): Promise<void> {
  // Answers are drawn, and measured, in the frames after them.
  const stillFrames = 4;
  let still = 0;
  const observer = new MutationObserver(() => {
    still = 0;
  });
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  while (still < stillFrames) {
    await new Promise(requestAnimationFrame);
    const loading = Array.from(document.images).some(
      ({ loading, complete }) => loading !== 'lazy' && !complete,
    );
    still = busy?.() || loading ? 0 : still + 1;
  }
  observer.disconnect();
}

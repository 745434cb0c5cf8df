import type { GzippedBlock, JsonBlock, PageFacts } from '../../src/protocol/exported-page.ts';

const elementOf = (block: JsonBlock | GzippedBlock) => document.getElementById(block)!;
const json = (block: JsonBlock) => JSON.parse(elementOf(block).textContent!);

export const readFacts = (): PageFacts => json('facts');
export const readNotices = (): string => json('notices');

/** Characters of base64 that are decoded at once: a multiple of 4. */
const PIECE = 2 ** 20;

/** Takes a block of gzipped bytes out of the page, so that its text does not stay in memory. */
export function takeGzipped(block: GzippedBlock): Blob {
  const element = elementOf(block);
  const text = element.textContent!.trim();
  element.remove();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < text.length; at += PIECE) {
    pieces.push(Uint8Array.from(atob(text.slice(at, at + PIECE)), (character) => character.charCodeAt(0)));
  }
  return new Blob(pieces);
}

/** The bytes that were gzipped. */
export function unzipped(blob: Blob): Response {
  return new Response(blob.stream().pipeThrough(new DecompressionStream('gzip')));
}

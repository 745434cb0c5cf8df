/** The exported network as one HTML file that runs it in a browser, without a network (webview/exported). */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import parts from '../../../webview/exported/page.tsx?page';
import { HTML_START } from '../../data/own-files.ts';
import type { GzippedBlock, JsonBlock, PageFacts } from '../../protocol/exported-page.ts';
import { inertLine } from '../../protocol/inert-text.ts';

/**
 * The bytes of a page. Everything it needs is inside, and its policy allows nothing else.
 * @param model from `generatorModel`
 */
export async function webPage(facts: PageFacts, model: Uint8Array): Promise<Buffer> {
  const [runtime, worker] = [await readFile(parts.runtime), Buffer.from(parts.worker)];
  const { style } = parts;
  const script = withoutTags(parts.script);
  const policy = [
    "default-src 'none'",
    `script-src ${hashSource(script)} 'wasm-unsafe-eval'`,
    `style-src ${hashSource(style)}`,
    'worker-src blob:',
    'img-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head = `${HTML_START}<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Denoised Weights">
<title>${escapeHtml(inertLine(facts.concept))}</title>
<style>${style}</style>
</head>
<body>
<noscript>This page runs a neural network in your browser. It needs JavaScript.</noscript>
<main id="view"></main>
${jsonBlock('facts', facts)}
${jsonBlock('notices', parts.notices)}
`;
  return Buffer.concat([
    Buffer.from(head),
    await gzippedBlock('worker', worker),
    await gzippedBlock('runtime', runtime),
    await gzippedBlock('model', model),
    Buffer.from(`<script>${script}</script>\n</body>\n</html>\n`),
  ]);
}

/** Data that the browser does not execute. Without `<` in it, nothing can close the element. */
function jsonBlock(id: JsonBlock, value: unknown): string {
  const json = JSON.stringify(value).replaceAll('<', '\\u003c');
  return `<script type="application/json" id="${id}">${json}</script>`;
}

async function gzippedBlock(id: GzippedBlock, content: Uint8Array): Promise<Buffer> {
  const packed = (await promisify(gzip)(content)).toString('base64');
  return Buffer.from(`<script type="application/gzip" id="${id}">${packed}</script>\n`, 'latin1');
}

/** A script without what HTML would take for its end, or for the beginning of a comment. In strings, the escape is the same. */
function withoutTags(script: string): string {
  return script.replaceAll(/<(?=\/script|!--|script)/gi, '\\x3c');
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

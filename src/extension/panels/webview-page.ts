import type { ViewName } from '../identifiers.ts';

export interface PageResources {
  /** Address of the view's bundle. */
  script: string;
  /** Address of the view's style sheet. */
  style: string;
  /** The source of the extension's own resources, as a content security policy names it. */
  cspSource: string;
  /** A value that cannot be guessed, different for each page. */
  nonce: string;
  /** BCP 47 tag of the editor's language. */
  language: string;
  /** Translations into that language by message; undefined where messages are shown as they are written. */
  messages?: Readonly<Record<string, string>> | undefined;
  title: string;
}

/** The HTML of a view's page. Its policy allows only the extension's own script, styles and images. */
export function webviewPage(view: ViewName, resources: PageResources): string {
  const { script, style, cspSource, nonce, language, messages, title } = resources;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    // The toolkit asks a style element of its own whether the browser knows :focus-visible.
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    // Images are files of the project, or bytes for which the page creates a URL.
    `img-src ${cspSource} blob: data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeHtml(style)}">
<title>${escapeHtml(title)}</title>
</head>
<body data-view="${view}">
${messages ? messagesBlock(messages) : ''}<script nonce="${nonce}" src="${escapeHtml(script)}"></script>
</body>
</html>`;
}

/** Data that the page reads and the browser does not execute. Without `<` in it, nothing can close the element. */
function messagesBlock(messages: Readonly<Record<string, string>>): string {
  const json = JSON.stringify(messages).replaceAll('<', '\\u003c');
  return `<script type="application/json" id="l10n">${json}</script>\n`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

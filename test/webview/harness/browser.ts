/// <reference types="node" />
/** Shows a view in a real browser without VS Code: bundles it as the build does and feeds it fixtures. */
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import type { ViewName } from '../../../src/extension/identifiers.ts';
import { webviewPage } from '../../../src/extension/panels/webview-page.ts';
import { locations } from '../../workbench/locations.ts';
import { NOW } from './fixtures/concepts.ts';
import { type PageServer, pageServer } from './page-server.ts';
import { readTheme, THEMES, type ThemeName } from './themes.ts';

/** What one step of a test may take, on a machine that does other things too. */
const STEP_LIMIT_MS = 90_000;

export interface ViewOptions {
  view: ViewName;
  /** Of scenarios.ts, without the view's name. */
  scenario: string;
  theme?: ThemeName;
  width?: number;
  height?: number;
  /** What an earlier life of the page kept. */
  state?: unknown;
  reducedMotion?: boolean;
  /** Whether every text that is free to be anything holds what could do harm: see hostile.ts. */
  hostile?: boolean;
  /** The editor's translations, by message. */
  messages?: Readonly<Record<string, string>>;
}

/** Script and style of one entry, bundled as scripts/build.mjs does. */
async function bundle(entry: string): Promise<{ js: string; css: string }> {
  const result = await esbuild.build({
    absWorkingDir: locations.repository(),
    entryPoints: [entry],
    bundle: true,
    write: false,
    outdir: 'dist/webview',
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    keepNames: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  });
  const text = (extension: string) =>
    result.outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? '';
  return { js: text('.js'), css: text('.css') };
}

const bundles = new Map<string, Promise<{ js: string; css: string }>>();
function bundled(entry: string): Promise<{ js: string; css: string }> {
  let promise = bundles.get(entry);
  if (!promise) {
    promise = bundle(entry);
    bundles.set(entry, promise);
  }
  return promise;
}

const NONCE = 'harness';

/**
 * The extension's own page and policy, with the stand-in for the host before the view's script.
 * @param files addresses of what the page loads
 */
function pageHtml(options: ViewOptions, files: { script: string; style: string; host: string }): string {
  const harnessOptions = {
    scenario: `${options.view}/${options.scenario}`,
    theme: options.theme ?? 'dark',
    state: options.state,
    hostile: options.hostile ?? false,
    themes: Object.fromEntries(THEMES.map((name) => [name, readTheme(name)])),
  };
  const page = webviewPage(options.view, {
    script: files.script,
    style: files.style,
    cspSource: new URL(files.script).origin,
    nonce: NONCE,
    language: 'en',
    messages: options.messages,
    title: options.view,
  });
  const json = JSON.stringify(harnessOptions).replaceAll('<', '\\u003c');
  const host = `<script nonce="${NONCE}">globalThis.harnessOptions = ${json};</script>
<script nonce="${NONCE}" src="${files.host}"></script>
`;
  return page.replace('<script', () => `${host}<script`);
}

/** Puts the page of a view and what it loads on the server. */
async function serve(server: PageServer, options: ViewOptions): Promise<string> {
  const [view, host] = await Promise.all([
    bundled(`webview/${options.view}/main.tsx`),
    bundled('test/webview/harness/fake-host.ts'),
  ]);
  return server.put(
    'text/html',
    pageHtml(options, {
      script: server.put('text/javascript', view.js),
      style: server.put('text/css', view.css),
      host: server.put('text/javascript', host.js),
    }),
  );
}

/**
 * A browser page that shows one view after another: each is loaded from scratch, in a process that is there already.
 * Starting that process costs several times as much as loading a view.
 */
export class ViewPage {
  /** Uncaught errors of the view that is shown, and what it logged as errors. */
  readonly errors: string[] = [];

  private constructor(
    readonly page: Page,
    readonly server: PageServer,
  ) {}

  static async create(browser: Browser): Promise<ViewPage> {
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC' });
    const page = await context.newPage();
    page.setDefaultTimeout(STEP_LIMIT_MS);
    const viewPage = new ViewPage(page, await pageServer());
    await viewPage.#prepare();
    return viewPage;
  }

  async #prepare(): Promise<void> {
    const { page, errors } = this;
    page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    // What the view before had to say is not this one's.
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) errors.length = 0;
    });
    // Half a minute into the run of the fixtures, so that every picture shows the same times.
    await page.clock.setFixedTime(NOW + 24_000);
  }

  /** Loads a view in place of the one that was shown. */
  async show(options: ViewOptions): Promise<void> {
    const { page } = this;
    const address = await serve(this.server, options);
    await page.setViewportSize({ width: options.width ?? 1200, height: options.height ?? 900 });
    await page.emulateMedia({ reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference' });
    // The pointer stays where it was, and would hover over the next view.
    await page.mouse.move(-1, -1);
    await page.goto(address);
  }

  /** Closes the page and its process. */
  async close(): Promise<void> {
    await this.page.context().close();
  }
}

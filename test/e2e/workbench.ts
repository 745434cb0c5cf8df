import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { sharedBrowser } from '../browser.ts';
import { createProfile, type Profile, type Settings } from '../workbench/profile.ts';
import { installVsix, type ServerOptions, startServer, type VsCodeServer } from '../workbench/server.ts';
import { workbenchUrl } from '../workbench/workbench-url.ts';
import { CommandPalette } from './pages/command-palette.ts';
import { CompareView } from './pages/compare-view.ts';
import { ContextMenu } from './pages/context-menu.ts';
import { Dialog } from './pages/dialog.ts';
import { Explorer } from './pages/explorer.ts';
import { isTitled } from './pages/in-page.ts';
import { Notifications } from './pages/notifications.ts';
import { Problems } from './pages/problems.ts';
import { RunView } from './pages/run-view.ts';
import { ShownView } from './pages/shown-view.ts';
import { TensorsView } from './pages/tensors-view.ts';
import { TextEditor } from './pages/text-editor.ts';
import { TranslateView } from './pages/translate-view.ts';
import { Tree } from './pages/tree.ts';
import { Walkthrough } from './pages/walkthrough.ts';
import { shownWebview } from './pages/webview.ts';
import { WeightsView } from './pages/weights-view.ts';
import { stepLimitMs } from './step-limit.ts';

const usualSize = { width: 1280, height: 800 };
/** What the workbench has where nobody has chosen another; its name in the list of themes. */
const usualTheme = 'Dark Modern';
/** Titles of windows that were given so far: each is another. */
let titles = 0;

export interface OpenOptions extends Pick<ServerOptions, 'asksForTrust' | 'flags'> {
  /** Packed extensions that are there too. */
  otherExtensions?: readonly string[];
  /** Changes the profile, or the extension in the folder that it was unpacked into, before anything reads them. */
  change?: (profile: Profile, extension: string) => void;
}

/** A VS Code window with the packaged extension installed and at most one folder open, and a person in front of it. */
export class Workbench {
  readonly palette: CommandPalette;
  readonly explorer: Explorer;
  readonly editor: TextEditor;
  readonly problems: Problems;
  readonly notifications: Notifications;
  readonly dialog: Dialog;
  readonly menu: ContextMenu;
  /** The extension's panels; each speaks of the one that is shown. */
  readonly runView: RunView;
  readonly weightsView: WeightsView;
  readonly translateView: TranslateView;
  readonly tensorsView: TensorsView;
  readonly shownView: ShownView;
  readonly compareView: CompareView;
  readonly walkthrough: Walkthrough;

  readonly #errors: string[] = [];
  readonly #hostErrors: string[] = [];

  private constructor(
    readonly page: Page,
    readonly server: VsCodeServer,
    readonly profile: Profile,
  ) {
    this.palette = new CommandPalette(page);
    this.explorer = new Explorer(page);
    this.editor = new TextEditor(page);
    this.problems = new Problems(page, this.palette);
    this.notifications = new Notifications(page, this.palette);
    this.dialog = new Dialog(page);
    this.menu = new ContextMenu(page);
    this.runView = new RunView(page);
    this.weightsView = new WeightsView(page);
    this.translateView = new TranslateView(page);
    this.tensorsView = new TensorsView(page);
    this.shownView = new ShownView(page);
    this.compareView = new CompareView(page);
    this.walkthrough = new Walkthrough(page);
    // The workbench has errors of its own.
    page.on('pageerror', ({ stack }) => {
      if (stack?.includes('/denoised-weights.')) this.#errors.push(stack);
    });
    // It says here what the extension host leaves uncaught.
    page.on('console', (message) => {
      if (message.type() === 'error' && message.text().includes('/denoised-weights.'))
        this.#hostErrors.push(message.text());
    });
  }

  /** Errors of the extension in its host that nothing has caught so far. */
  get hostErrors(): readonly string[] {
    return this.#hostErrors;
  }

  /** Starts a server with a fresh profile and opens the folder, the workspace file, or an empty window in it. */
  static async open(
    folder: string | undefined,
    settings: Settings = {},
    { otherExtensions, change, ...options }: OpenOptions = {},
  ): Promise<Workbench> {
    const profile = createProfile(settings);
    const extension = await installVsix(profile, otherExtensions);
    change?.(profile, extension);
    const server = await startServer(profile, options);
    const browser = await sharedBrowser();
    const page = await browser.newPage({ viewport: usualSize });
    page.setDefaultTimeout(stepLimitMs);
    const workbench = new Workbench(page, server, profile);
    await page.goto(workbenchUrl(server.url, folder), { waitUntil: 'domcontentloaded' });
    await workbench.#waitUntilFilled();
    return workbench;
  }

  /** The window that opens next, once it is filled; it is closed with its page. */
  async nextWindow(): Promise<Workbench> {
    const page = await this.page.context().waitForEvent('page');
    page.setDefaultTimeout(stepLimitMs);
    const opened = new Workbench(page, this.server, this.profile);
    await opened.#waitUntilFilled();
    return opened;
  }

  /** Shows a view container of the activity bar, by its name. */
  async showContainer(name: string): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name });
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
    await this.page.locator('.sidebar .composite.title').getByText(name, { exact: true }).waitFor();
  }

  /** One of the extension's views, by its heading; its container has to be shown. */
  view(heading: string): Tree {
    return Tree.inSideBar(this.page, heading);
  }

  /** Waits until the window says that what is open in it is not trusted. */
  async waitUntilRestricted(): Promise<void> {
    await this.page.locator('.statusbar').getByText('Restricted Mode').waitFor();
  }

  /** Trusts what is open in the window. */
  async trust(): Promise<void> {
    await this.palette.run('Workspaces: Manage Workspace Trust');
    const editor = this.page.locator('.workspace-trust-editor');
    await editor.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await this.page.locator('.statusbar').getByText('Restricted Mode').waitFor({ state: 'detached' });
    // It lies over the window. Keys are lost while it draws itself again.
    await this.page.getByRole('button', { name: /^Close Modal Editor/ }).click();
    await editor.waitFor({ state: 'hidden' });
  }

  /** Reloads the window: the extension host ends and starts again, open editors are kept. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('domcontentloaded');
    await this.palette.run('Developer: Reload Window');
    await loaded;
    await this.#waitUntilFilled();
  }

  /** Chooses a color theme by its name in the list. */
  async chooseTheme(name: string): Promise<void> {
    await this.palette.run('Preferences: Color Theme');
    await this.palette.answer(name);
    await this.palette.waitUntilClosed();
  }

  /** Gives the folder that is open these settings and no others, and waits until the window goes by them. */
  async setInFolder(folder: string, settings: Settings): Promise<void> {
    const title = `settings ${++titles}`;
    mkdirSync(join(folder, '.vscode'), { recursive: true });
    writeFileSync(
      join(folder, '.vscode', 'settings.json'),
      JSON.stringify({ ...settings, 'window.title': title }),
    );
    await this.page.waitForFunction(isTitled, title);
  }

  /** Gives the window another size. */
  async resize(width: number, height: number): Promise<void> {
    await this.page.setViewportSize({ width, height });
  }

  /** A picture of the window in this size. */
  async picture(width: number, height: number): Promise<Buffer> {
    await this.resize(width, height);
    await this.#restPointer(width - 1, height / 2);
    return this.page.screenshot({ animations: 'disabled' });
  }

  /** A picture of a part of the window as it is, with what is open under the pointer. */
  async detail(clip: { x: number; y: number; width: number; height: number }): Promise<Buffer> {
    return this.page.screenshot({ animations: 'disabled', clip });
  }

  /** Keeps a picture of the window below test-results/. */
  async screenshot(name: string): Promise<void> {
    mkdirSync('test-results', { recursive: true });
    await this.page.screenshot({ path: join('test-results', `${name}.png`) });
  }

  /** What the window shows, in words, for whoever cannot see it: a failure may be far away. */
  async inWords(): Promise<string> {
    const textsOf = async (selector: string, inside: Pick<Page, 'locator'> = this.page) => {
      const texts = await inside.locator(selector).allInnerTexts();
      return texts.map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => text !== '');
    };
    const parts = {
      tabs: await textsOf('.editor-group-container .tab'),
      'the shown tab': await textsOf('.editor-group-container .tab.active'),
      'the side bar': await textsOf('.sidebar .composite.title, .sidebar .monaco-list-row'),
      notifications: await textsOf('.notification-list-item'),
      'the palette': await textsOf('.quick-input-widget:visible .monaco-list-row'),
      'a dialog': await textsOf('.monaco-dialog-box'),
      'the shown page': await textsOf('body', shownWebview(this.page)),
    };
    const shown = Object.entries(parts).filter(([, texts]) => texts.length > 0);
    return shown.map(([part, texts]) => `${part}: ${texts.join(' | ')}`).join('\n');
  }

  /** Closes what was opened, and has everything else look as in a window that was just opened. */
  async tidy(): Promise<void> {
    await this.resize(usualSize.width, usualSize.height);
    await this.palette.run('View: Close All Editors');
    await this.editor.waitUntilAllClosed();
    if (!(await this.#isInUsualTheme())) await this.chooseTheme(usualTheme);
    await this.problems.hide();
    await this.notifications.clear();
    await this.showContainer('Denoised Weights');
    const concepts = this.view('Concepts');
    if ((await concepts.titleButtons()).includes('Clear Filter')) await concepts.actInTitle('Clear Filter');
    if ((await concepts.titleButtons()).includes('List Concepts by Name')) {
      // The view remembers which tags were closed.
      await concepts.unfoldAll();
      await concepts.actInTitle('List Concepts by Name');
      await concepts.waitUntilGone('No tags');
    }
    await concepts.foldAll();
    await this.#restPointer(usualSize.width - 1, usualSize.height / 2);
  }

  /** @throws where a page of the extension's ended in an error that nothing caught, once for each. */
  throwUncaught(): void {
    const errors = this.#errors.splice(0);
    if (errors.length > 0) throw new Error(`uncaught in a webview:\n${errors.join('\n')}`);
  }

  /** @throws as {@link throwUncaught} does */
  async close(): Promise<void> {
    await this.page.context().close();
    await this.server.stop();
    this.profile.remove();
    this.throwUncaught();
  }

  /**
   * Puts the pointer where no tooltip opens, and waits until none is open. One whose text arrives after the pointer has
   * left opens nevertheless, and closes when the pointer moves again.
   */
  async #restPointer(x: number, y: number): Promise<void> {
    const hover = this.page.locator('.workbench-hover').first();
    const deadline = Date.now() + stepLimitMs;
    for (let moves = 0; ; moves++) {
      await this.page.mouse.move(x - (moves % 2), y);
      try {
        await hover.waitFor({ state: 'detached', timeout: 1000 });
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  async #isInUsualTheme(): Promise<boolean> {
    const classes = await this.page.locator('.monaco-workbench').first().getAttribute('class');
    return classes?.includes('-dark_modern-') ?? false;
  }

  async #waitUntilFilled(): Promise<void> {
    await this.page.locator('.monaco-workbench .activitybar').waitFor();
    await this.page.locator('.statusbar').waitFor();
  }
}

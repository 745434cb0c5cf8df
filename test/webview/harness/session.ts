import type { Page } from 'playwright-core';
import { afterEach, expect } from 'vitest';
import { sharedBrowser } from '../../browser.ts';
import { type ViewOptions, ViewPage } from './browser.ts';

/** Pages that no test uses. */
const free: ViewPage[] = [];

/**
 * Shows views in pages that are used by one test after another. Every view must end without
 * an uncaught error, without an error in its console and without having broken the content security policy.
 * @returns what shows a view: each call of one test in a page of its own
 */
export function browserSession(): (options: ViewOptions) => Promise<Page> {
  const shown: ViewPage[] = [];
  afterEach(async () => {
    const ended = shown.splice(0);
    free.push(...ended);
    for (const { page, errors } of ended) {
      const violations = await page.evaluate(() => harness.violations);
      expect([...errors, ...violations]).toEqual([]);
    }
  });
  return async (options) => {
    const viewPage = free.pop() ?? (await ViewPage.create(await sharedBrowser()));
    shown.push(viewPage);
    await viewPage.show(options);
    return viewPage.page;
  };
}

/** Parameters of the view's requests of one method, oldest first. */
export function paramsOf(page: Page, method: string): Promise<unknown[]> {
  return page.evaluate(
    (wanted) => harness.calls.filter((call) => call.method === wanted).map(({ params }) => params),
    method,
  );
}

/** What the view has asked its host to save, by its only request of this method. */
export async function savedFile(page: Page, method: string): Promise<{ name: string; data: Buffer }> {
  const saved = await page.evaluate((wanted) => {
    const [call] = harness.calls.filter((candidate) => candidate.method === wanted);
    const { name, data } = call!.params as { name: string; data: Uint8Array };
    return { name, data: Array.from(data) };
  }, method);
  return { name: saved.name, data: Buffer.from(saved.data) };
}

/** Waits until the view has sent so many requests of one method. */
export async function waitForCalls(page: Page, method: string, count: number): Promise<void> {
  await page.waitForFunction(
    ([wanted, least]) => harness.calls.filter((call) => call.method === wanted).length >= least,
    [method, count] as const,
  );
}

/** Color of one pixel of a canvas, in the canvas's own pixels. */
export function pixel(page: Page, canvas: string, x: number, y: number): Promise<number[]> {
  return page.locator(canvas).evaluate(
    (element, [left, top]) => {
      const context = (element as HTMLCanvasElement).getContext('2d')!;
      return Array.from(context.getImageData(left, top, 1, 1).data.slice(0, 3));
    },
    [x, y] as const,
  );
}

/** Waits until the view has drawn all that the host has to say, and stands still. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(() => harness.settled());
}

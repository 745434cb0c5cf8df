import { expect, test } from 'vitest';
import { webviewPage } from '../../src/extension/panels/webview-page.ts';

const page = webviewPage('run', {
  script: 'https://host/dist/webview/run.js',
  style: 'https://host/dist/webview/run.css',
  cspSource: 'https://host',
  nonce: 'r4nd0m',
  language: 'en',
  title: '<img src=x onerror=alert(1)>',
});

test('runs no script but its own, and loads nothing from elsewhere', () => {
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'nonce-r4nd0m'");
  expect(policy).not.toMatch(/unsafe-(inline|eval)/);
  expect([...page.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)).toEqual([
    '<script nonce="r4nd0m" src="https://host/dist/webview/run.js">',
  ]);
});

test('a title is text, whatever is in it', () => {
  expect(page).not.toContain('<img');
  expect(page).toContain('&lt;img');
});

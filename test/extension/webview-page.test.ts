import { expect, test } from 'vitest';
import { webviewPage } from '../../src/extension/panels/webview-page.ts';

const RESOURCES = {
  script: 'https://host/dist/webview/run.js',
  style: 'https://host/dist/webview/run.css',
  cspSource: 'https://host',
  nonce: 'r4nd0m',
  language: 'en',
  title: '<img src=x onerror=alert(1)>',
};
const page = webviewPage('run', RESOURCES);

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

test('translations are data that nothing in them can leave', () => {
  const messages = {
    Stop: '</script><script>alert(1)</script><!-- <script>',
    '{0} of <b>{1}</b>': '„{0}“ von \\u003c {1} &lt; "\u2028',
  };
  const translated = webviewPage('run', { ...RESOURCES, messages });
  const [, attributes, json] = /<script ([^>]*id="l10n"[^>]*)>(.*?)<\/script>/s.exec(translated)!;
  expect(attributes).toContain('type="application/json"');
  expect(JSON.parse(json!)).toEqual(messages);
  expect(json).not.toContain('<');
  expect(translated.match(/<script/g)).toHaveLength(2);
  // It has to be there when the view's own script runs.
  expect(translated.indexOf('id="l10n"')).toBeLessThan(translated.indexOf('run.js'));
});

test('a page in the language of the messages holds no translations', () => {
  expect(page).not.toContain('l10n');
});

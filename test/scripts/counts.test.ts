import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHostReport, readVitestReport, settle } from '../../scripts/test/counts.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('the counts of a suite', () => {
  it('stand as they are where the suite passed', () => {
    expect(settle({ passed: 3, failed: 0, skipped: 1 }, true)).toEqual({ passed: 3, failed: 0, skipped: 1 });
  });

  it('stand as they are where tests failed', () => {
    expect(settle({ passed: 3, failed: 2, skipped: 0 }, false)).toEqual({ passed: 3, failed: 2, skipped: 0 });
  });

  it('have a failure where the suite crashed after its tests passed', () => {
    expect(settle({ passed: 3, failed: 0, skipped: 0 }, false).failed).toBe(1);
  });

  it('have a failure where nothing ran, whatever the exit status', () => {
    expect(settle({ passed: 0, failed: 0, skipped: 0 }, true).failed).toBe(1);
    expect(settle({ passed: 0, failed: 0, skipped: 4 }, true).failed).toBe(1);
  });
});

describe('a report', () => {
  it('of Vitest gives its three numbers', () => {
    const report = { numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 };
    const file = write('report.json', JSON.stringify(report));
    expect(readVitestReport(file)).toEqual({ passed: 7, failed: 2, skipped: 2 });
  });

  it('of the extension host counts the lines that were written before it ended', () => {
    const lines = [{ type: 'passed' }, { type: 'failed' }, { type: 'passed' }].map((line) =>
      JSON.stringify(line),
    );
    expect(readHostReport(write('report.jsonl', `${lines.join('\n')}\n`))).toEqual({
      passed: 2,
      failed: 1,
      skipped: 0,
    });
  });

  it('that was never written counts nothing', () => {
    const nothing = { passed: 0, failed: 0, skipped: 0 };
    expect(readVitestReport(join(folder, 'absent.json'))).toEqual(nothing);
    expect(readHostReport(join(folder, 'absent.jsonl'))).toEqual(nothing);
  });
});

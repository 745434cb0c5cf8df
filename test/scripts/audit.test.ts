import { expect, test } from 'vitest';
import { judge } from '../../scripts/audit/judge.mjs';

const url = 'https://example.invalid/advisories/GHSA-aaaa-bbbb-cccc';
const report = JSON.stringify({
  vulnerabilities: {
    left: { via: [{ source: 7, title: 'Path traversal', severity: 'high', url }] },
    right: { via: ['left'] },
  },
});

test('an advisory fails the audit unless it is explained', () => {
  expect(judge(report, {})).toEqual({
    kind: 'open',
    lines: [`left: high: Path traversal (GHSA-aaaa-bbbb-cccc, ${url})`],
  });
  expect(judge(report, { 'GHSA-aaaa-bbbb-cccc': 'only while packing' }).kind).toBe('clean');
  expect(judge('{"vulnerabilities": {}}', {}).kind).toBe('clean');
});

test('an explanation that nothing needs any more fails it too', () => {
  const { kind, lines } = judge('{"vulnerabilities": {}}', { 'GHSA-aaaa-bbbb-cccc': 'was needed' });
  expect(kind).toBe('open');
  expect(lines).toEqual([
    'GHSA-aaaa-bbbb-cccc: no longer reported; remove it from scripts/audit/exceptions.json',
  ]);
});

test.each([
  [
    '{"message": "405 Method Not Allowed - POST https://r.invalid/-/npm", "statusCode": 405}',
    '405 Method Not Allowed.',
  ],
  ['{"error": {"code": "ENOLOCK", "summary": "no lock file"}}', 'no lock file.'],
  ['', 'npm gave no report.'],
  ['<html>', 'npm gave no report.'],
  ['null', 'npm gave no report.'],
  ['{"vulnerabilities": 7}', 'npm gave no report.'],
])('no answer is neither a pass nor a failure: %s', (answer, told) => {
  expect(judge(answer, {})).toEqual({
    kind: 'not-asked',
    lines: [`The registry could not be asked about advisories: ${told}`],
  });
});

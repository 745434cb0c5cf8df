/**
 * What to say about the answer of `npm audit --json`.
 * @param {string} answer what npm wrote to its standard output
 * @param {Record<string, string>} exceptions why an advisory does not matter here, by its id
 * @returns {import('./judge.d.mts').Verdict}
 */
export function judge(answer, exceptions) {
  const report = parsed(answer);
  const vulnerabilities = report?.vulnerabilities;
  if (typeof vulnerabilities !== 'object' || vulnerabilities === null) {
    const reason = report?.message ?? report?.error?.summary ?? 'npm gave no report';
    // Its address is the business of the machine that asks.
    const told = String(reason)
      .replaceAll(/\s*(- \w+ )?\S*:\/\/\S+/g, '')
      .slice(0, 200);
    return { kind: 'not-asked', lines: [`The registry could not be asked about advisories: ${told}.`] };
  }
  const advisories = new Map();
  for (const [name, { via }] of Object.entries(vulnerabilities)) {
    for (const cause of via) {
      if (typeof cause === 'object') advisories.set(idOf(cause), { name, ...cause });
    }
  }
  const open = [...advisories].filter(([id]) => !Object.hasOwn(exceptions, id));
  const unused = Object.keys(exceptions).filter((id) => !advisories.has(id));
  const lines = [
    ...open.map(([id, { name, severity, title, url }]) => `${name}: ${severity}: ${title} (${id}, ${url})`),
    ...unused.map((id) => `${id}: no longer reported; remove it from scripts/audit/exceptions.json`),
  ];
  if (lines.length > 0) return { kind: 'open', lines };
  return { kind: 'clean', lines: [`No advisory without an explanation, ${advisories.size} explained.`] };
}

function parsed(answer) {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}

/** `GHSA-…`, the last part of an advisory's address; else its number. */
function idOf({ url, source }) {
  return /GHSA(-\w{4}){3}/.exec(url ?? '')?.[0] ?? String(source);
}

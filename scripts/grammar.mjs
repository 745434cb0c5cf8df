/**
 * A grammar with other names in its rules.
 * @param {any} grammar syntaxes/*.tmLanguage.json, parsed; left as it is
 * @param {Readonly<Record<string, readonly string[]>>} names for every rule that gives a scope, by the scope
 */
export function withNames(grammar, names) {
  return JSON.parse(JSON.stringify(grammar), (_key, node) => {
    const listed = node && names[node.name];
    // The first group of names alone is the list; the groups after it say what may follow a name.
    return listed && node.match
      ? { ...node, match: node.match.replace(/\(\?:[\w.\\-]+(?:\|[\w.\\-]+)*\)/, () => group(listed)) }
      : node;
  });
}

/** @param {readonly string[]} names */
function group(names) {
  return `(?:${names.map((name) => name.replaceAll('.', '\\.')).join('|')})`;
}

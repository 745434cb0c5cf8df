/**
 * A grammar with other names in its rules.
 * @param {any} grammar parsed syntaxes/*.tmLanguage.json; not modified
 * @param {Readonly<Record<string, readonly string[]>>} names by scope, for every rule that assigns that scope
 */
export function withNames(grammar, names) {
  return JSON.parse(JSON.stringify(grammar), (_key, node) => {
    const listed = node && names[node.name];
    // Only the first group of names is the list; the groups after it say what may follow a name.
    return listed && node.match
      ? { ...node, match: node.match.replace(/\(\?:[\w.\\-]+(?:\|[\w.\\-]+)*\)/, () => group(listed)) }
      : node;
  });
}

/** @param {readonly string[]} names */
function group(names) {
  return `(?:${names.map((name) => name.replaceAll('.', '\\.')).join('|')})`;
}

/**
 * The grammar of concept files with the names that it highlights, in every rule about effects and in the one about keys.
 * @param {any} grammar syntaxes/dnw-concept.tmLanguage.json, parsed; left as it is
 * @param {{ effects: readonly string[], keys: readonly string[] }} names
 */
export function conceptGrammar(grammar, { effects, keys }) {
  /** By the scope that a rule gives. */
  const lists = {
    'support.function.effect.dnw-concept': effects,
    'support.type.property-name.dnw-concept': keys,
  };
  return JSON.parse(JSON.stringify(grammar), (_key, node) => {
    const names = node && lists[node.name];
    // The first group of words alone is the list; the groups after it say what may follow a name.
    return names && node.match
      ? { ...node, match: node.match.replace(/\(\?:\w+(?:\|\w+)*\)/, `(?:${names.join('|')})`) }
      : node;
  });
}

export function conceptGrammar(
  grammar: unknown,
  names: { readonly effects: readonly string[]; readonly keys: readonly string[] },
): unknown;

export function withNames(grammar: unknown, names: Readonly<Record<string, readonly string[]>>): unknown;

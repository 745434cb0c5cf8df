/** Copies examples/quickstart without anything that stages have written. */
export function copyExampleProject(target: string): void;

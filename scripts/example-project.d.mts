/** Copies examples/quickstart as it is before any stage has run. */
export function copyExampleProject(target: string): void;

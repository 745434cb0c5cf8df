/** The folder for the project of a new quickstart; with `again`, the first one's, which is removed. */
export function newProjectFolder(parent: string, again: boolean): string;

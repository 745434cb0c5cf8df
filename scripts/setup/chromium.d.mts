/** Path of the Chromium that `CHROMIUM` names, or of one on the PATH; undefined if there is none. */
export function findChromium(): string | undefined;
export function ensureChromium(): Promise<string>;

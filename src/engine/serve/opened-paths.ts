import { isAbsolute, resolve } from 'node:path';
import { outsideFolders } from '../../project/disk/leading-out.ts';
import { isWithin, realPath } from '../../project/disk/real-path.ts';
import { UserError } from '../../project/user-error.ts';
import { inertLine } from '../../protocol/inert-text.ts';
import type { OpenedParams } from '../../protocol/serve.ts';

/**
 * What the user has opened, as reported by the editor: requests may name nothing else, except what lies in a folder that
 * the user allows links to point to. Paths are compared after links are followed.
 */
export class OpenedPaths {
  #opened: OpenedParams = { projects: [], files: [] };

  replace(opened: OpenedParams): void {
    this.#opened = opened;
  }

  /**
   * @returns the folder
   * @throws UserError if it is not an open project
   */
  async project(folder: string): Promise<string> {
    await this.#refuseUnless(
      folder,
      'It is not an open project. Open its folder in the editor',
      (real, roots) => roots.projects.includes(real),
    );
    return resolve(folder);
  }

  /**
   * @returns the file
   * @throws UserError if it is neither in an open project nor an open file
   */
  async file(file: string): Promise<string> {
    await this.#refuseUnless(
      file,
      'It lies outside the open projects and files, once links are followed. Open its folder in the editor, or choose the file there',
      (real, { projects, files, outside }) =>
        files.includes(real) || [...projects, ...outside].some((folder) => isWithin(folder, real)),
    );
    return resolve(file);
  }

  async #refuseUnless(
    path: string,
    reason: string,
    holds: (real: string, opened: OpenedParams & { outside: string[] }) => boolean,
  ): Promise<void> {
    const refusal = new UserError(
      'not-opened',
      `${inertLine(shortened(path))}: this path may not be read. ${reason}.`,
    );
    if (!isUsable(path)) throw refusal;
    const real = await where(resolve(path));
    const [projects, files, outside] = await Promise.all([
      leading(this.#opened.projects),
      leading(this.#opened.files),
      outsideFolders(),
    ]);
    if (real === undefined || !holds(real, { projects, files, outside })) throw refusal;
  }
}

/** Longest path that a message repeats in full, in UTF-16 units: longer than any system allows. */
const MOST_SHOWN = 4096;

function shortened(path: string): string {
  return path.length <= MOST_SHOWN ? path : `${path.slice(0, MOST_SHOWN)}…`;
}

function isUsable(path: string): boolean {
  return isAbsolute(path) && !path.includes('\0');
}

/** Undefined for a path that cannot be followed. */
function where(path: string): Promise<string | undefined> {
  return realPath(path).catch(() => undefined);
}

async function leading(paths: readonly string[]): Promise<string[]> {
  const real = await Promise.all(paths.filter(isUsable).map((path) => where(resolve(path))));
  return real.filter((path) => path !== undefined);
}

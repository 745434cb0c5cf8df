import { refuseLeadingOut, refuseLinksOut } from '../project/disk/leading-out.ts';
import { projectPaths } from '../project/paths.ts';

/**
 * Checks that everything a stage writes to a project stays in it.
 * @param run folder of a run that exists, or whose name was chosen by another process
 * @throws UserError that names the link that points outside
 */
export async function confine(project: string, run?: string): Promise<void> {
  const { runs, made } = projectPaths(project);
  await refuseLinksOut(project, made);
  await refuseLeadingOut(project, runs);
  // Its log and events are appended to, through a link as well.
  if (run !== undefined) await refuseLinksOut(project, [run], { files: true });
}

import type { WarmUpParams } from '../../protocol/serve.ts';
import type { WeightsTarget } from '../../protocol/webview/weights.ts';
import type { Services } from '../services.ts';

/** Has the engine work out what a panel will ask it for before it does: while its page is still being loaded. */
export function warmEngine(
  { engine, projects }: Services,
  { project, training, concept }: WeightsTarget,
  purpose: WarmUpParams['for'],
): void {
  const first = training ?? projects.get(project)?.trainings[0]?.name;
  // The first request says what hinders the engine.
  if (first === undefined) return;
  const about = { project, training: first, for: purpose, ...(concept !== undefined && { concept }) };
  engine.requests.request('warmUp', about).catch(() => {});
}

import type { WarmUpParams } from '../../protocol/serve.ts';
import type { WeightsTarget } from '../../protocol/webview/weights.ts';
import type { Services } from '../services.ts';

/** Warms up the engine for the requests that a panel is about to make while its page is still loading. */
export function warmEngine(
  { engine, projects }: Services,
  { project, training, concept }: WeightsTarget,
  purpose: WarmUpParams['for'],
): void {
  const first = training ?? projects.get(project)?.trainings[0]?.name;
  // The first real request reports the error.
  if (first === undefined) return;
  const about = { project, training: first, for: purpose, ...(concept !== undefined && { concept }) };
  engine.requests.request('warmUp', about).catch(() => {});
}

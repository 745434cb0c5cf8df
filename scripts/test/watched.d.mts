import type { Counts } from './counts.d.mts';
import type { RememberedSuite } from './progress.d.mts';

export function runWatched(
  name: string,
  command: string[],
  options?: { env?: Record<string, string>; memory?: RememberedSuite; silenceMs?: number; quiet?: boolean },
): Promise<{ counts: Counts; failures: string[]; run: RememberedSuite | undefined }>;

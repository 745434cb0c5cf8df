/** The program of a thread of `EnlargementThreads`. */
import { onWhite, withAlpha } from '../../data/picture-rows.ts';
import { answerJobs } from '../../data/worker-thread.ts';
import type { EnlargementJob } from './enlargement-threads.ts';
import { enlargedRows } from './whole-picture.ts';

answerJobs(
  ({ low, own, from, to, picture }: EnlargementJob) => {
    const seen = picture && onWhite(picture.bytes, own.width, picture.channels);
    const image = enlargedRows(low, own)(from, to, picture?.isBase ? seen?.image : undefined);
    return withAlpha({ image, ...(seen?.alpha && { alpha: seen.alpha }) });
  },
  ({ buffer }) => [buffer],
);

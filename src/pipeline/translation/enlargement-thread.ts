/** The program of a thread of `EnlargementThreads`. */
import { putBytes } from '../../data/image-values.ts';
import { onWhite, withAlpha } from '../../data/picture-rows.ts';
import { answerJobs } from '../../data/worker-thread.ts';
import type { EnlargementJob } from './enlargement-job.ts';
import { enlargedRows } from './whole-picture.ts';

answerJobs(
  ({ low, own, from, to, picture }: EnlargementJob) => {
    const seen = picture && onWhite(picture.bytes, own.width, picture.channels);
    const base = picture?.isBase ? seen?.image : undefined;
    const pixels = new Uint8ClampedArray((to - from) * own.width * 3);
    let at = 0;
    for (const row of enlargedRows(low, own)(from, to, base)) at = putBytes(row.data, pixels, at);
    return withAlpha(new Uint8Array(pixels.buffer), seen?.alpha);
  },
  ({ buffer }) => [buffer],
);

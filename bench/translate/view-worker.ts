/** Times what the Translate view asks for when a picture is dropped on it: view-worker.mjs <project> <picture> */
import { Translations } from '../../src/engine/serve/translations.ts';
import { WarmBase } from '../../src/pipeline/interactive/warm-base.ts';
import { loadProject } from '../../src/project/load.ts';
import type { PictureArea } from '../../src/protocol/webview/translate.ts';

export interface Looked {
  /** Seconds until the whole picture is there, small. */
  readonly first: number;
  /** Seconds of the picture and its translation as large as the frame: after that, of a part at 1:1, and of one next to it. */
  readonly whole: number;
  readonly part: number;
  readonly next: number;
  /** The same part at full resolution, and one that moved by a tenth of the frame. */
  readonly native: number;
  readonly moved: number;
  /** Of the whole process. */
  readonly peakMebibytes: number;
}

/** The frame of the view in a window of usual size, in pixels. */
const FRAME = { width: 660, height: 495 };

const [folder, image] = process.argv.slice(2) as [string, string];
const project = await loadProject(folder);
const [training, concept] = [project.trainings[0]!, project.concepts[0]!];
const translations = new Translations(new WarmBase());
const { signal } = new AbortController();
const timed = async (run: () => Promise<unknown>) => {
  const begun = performance.now();
  await run();
  return (performance.now() - begun) / 1000;
};
const about = { project, training, concept, image };
// As the view does while its page loads.
await translations.compile(project, training);
let picture = { width: 0, height: 0 };
const first = await timed(async () => {
  ({ picture } = await translations.translate({ ...about, weights: 'base', size: 'train' }, signal));
});
/** Both sides of the divider. */
const look = (area: PictureArea, size: 'train' | 'native') =>
  timed(async () => {
    const scale = Math.min(1, FRAME.width / area.width);
    const shown = {
      ...about,
      ...{ size, area, detail: 'none' as const },
      width: Math.round(area.width * scale),
      height: Math.round(area.height * scale),
    };
    await translations.area({ ...shown, weights: undefined }, signal);
    await translations.area({ ...shown, weights: 'base' }, signal);
  });
const whole = await look({ left: 0, top: 0, ...picture }, 'train');
const at = { left: 1000, top: 1000, ...FRAME };
const part = await look(at, 'train');
const next = await look({ ...at, left: at.left + FRAME.width }, 'train');
const native = await look(at, 'native');
const moved = await look({ ...at, left: at.left + FRAME.width / 10 }, 'native');
const peakMebibytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  JSON.stringify({ first, whole, part, next, native, moved, peakMebibytes } satisfies Looked),
);
process.exit();

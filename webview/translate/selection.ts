import { FIRST_IMAGES } from '../../src/protocol/serve.ts';
import type { PictureDetail, PictureSize } from '../../src/protocol/stage-entry.ts';
import type { WeightsChoice, WeightsKind } from '../../src/protocol/statistics.ts';
import type { ConceptChoice } from '../../src/protocol/webview/choices.ts';
import type {
  ImageChoice,
  TranslateTarget,
  TranslateViewState,
} from '../../src/protocol/webview/translate.ts';
import type { Look } from './looking.ts';

type Ready = Extract<TranslateViewState, { kind: 'ready' }>;

/** The columns that can be shown side by side or in the slider. */
export const COLUMNS = ['source', 'first', 'second', 'target'] as const;
export type Column = (typeof COLUMNS)[number];

/** The user's choices, as kept while the view is hidden. */
export interface TranslateWishes {
  training?: string;
  concept?: string;
  /** `file` of the weights in the first translated column. */
  first?: string;
  second?: string;
  /** Held-out images in the table, by file. */
  images?: string[];
  /** Images that the user added to the held-out ones. */
  own?: ImageChoice[];
  /** Key of the image shown in the slider. */
  compared?: string;
  left?: Column;
  right?: Column;
  position?: number;
  size?: PictureSize;
  detail?: PictureDetail;
  /** How the image of the slider was looked at last. */
  look?: Look & { key: string };
}

/** The choices that this version understands, of those that any version has kept. */
export function understood(kept: TranslateWishes): TranslateWishes {
  return { ...kept, own: (kept.own ?? []).filter(({ file }) => typeof file === 'string') };
}

/** An image in the table. */
export interface SelectedImage {
  key: string;
  name: string;
  /** Absolute path. */
  file: string;
  /** Whether training has not used it. */
  isHeldOut: boolean;
}

export interface TranslateSelection {
  training: string;
  concept: ConceptChoice;
  first: WeightsChoice;
  /** Absent if the concept has only one set of weights. */
  second?: WeightsChoice;
  /** How large the network sees the images. */
  size: PictureSize;
}

/** Kinds of weights, the most relevant to show first. */
const PREFERENCE: readonly WeightsKind[] = ['fine-tuned', 'denoised', 'checkpoint', 'zoo', 'base'];
/** Order of the columns from left to right. */
const STORY: readonly WeightsKind[] = ['base', 'zoo', 'denoised', 'checkpoint', 'fine-tuned'];

function by(kinds: readonly WeightsKind[]): (a: WeightsChoice, b: WeightsChoice) => number {
  return (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind);
}

/** The wanted weights, completed by the most relevant ones to two sets. */
function chooseWeights(
  weights: readonly WeightsChoice[],
  wishes: Pick<TranslateWishes, 'first' | 'second'>,
): (WeightsChoice | undefined)[] {
  const usual = [...weights].sort(by(PREFERENCE)).slice(0, 2).sort(by(STORY));
  const second = weights.find(({ file }) => file === wishes.second);
  const first =
    weights.find(({ file }) => file === wishes.first) ?? usual.find((choice) => choice !== second);
  return [first, second ?? usual.find((choice) => choice !== first)];
}

/** The available selection closest to the choices; undefined if no concept has weights. */
export function settle(
  state: Ready,
  target: TranslateTarget,
  wishes: Pick<TranslateWishes, 'training' | 'concept' | 'first' | 'second' | 'size'>,
): TranslateSelection | undefined {
  const usable = state.concepts.filter(({ weights }) => weights.length > 0);
  const concept =
    usable.find(({ name }) => name === wishes.concept) ??
    usable.find(({ name }) => name === target.concept) ??
    usable[0];
  const trainings = state.trainings.map(({ name }) => name);
  const training = [wishes.training, target.training, trainings[0]].find(
    (name) => name !== undefined && trainings.includes(name),
  );
  if (!concept || training === undefined) return undefined;
  const [first, second] = chooseWeights(concept.weights, wishes);
  if (!first) return undefined;
  return { training, concept, first, ...(second ? { second } : {}), size: wishes.size ?? 'train' };
}

/** The user's own images, then the selected held-out ones (by default the first few). */
export function selectImages(
  heldOut: readonly ImageChoice[],
  wishes: Pick<TranslateWishes, 'images' | 'own'>,
): SelectedImage[] {
  const files = wishes.images ?? heldOut.slice(0, FIRST_IMAGES).map(({ file }) => file);
  const own = wishes.own ?? [];
  const of =
    (isHeldOut: boolean) =>
    ({ name, file }: ImageChoice) => ({ key: file, name, file, isHeldOut });
  return [
    ...own.map(of(false)),
    ...heldOut
      .filter(({ file }) => files.includes(file) && !own.some((other) => other.file === file))
      .map(of(true)),
  ];
}

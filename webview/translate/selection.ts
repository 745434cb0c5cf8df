import { FIRST_IMAGES } from '../../src/protocol/serve.ts';
import type { WeightsChoice, WeightsKind } from '../../src/protocol/statistics.ts';
import type { ConceptChoice } from '../../src/protocol/webview/choices.ts';
import type {
  ImageChoice,
  TranslateImage,
  TranslateTarget,
  TranslateViewState,
} from '../../src/protocol/webview/translate.ts';
import type { Zoom } from '../components/pixel-canvas.tsx';

type Ready = Extract<TranslateViewState, { kind: 'ready' }>;

/** The pictures of one image that can be laid side by side or under the slider. */
export const COLUMNS = ['source', 'first', 'second', 'target'] as const;
export type Column = (typeof COLUMNS)[number];

/** An image of one's own, beside the held-out ones. Bytes live as long as the page. */
export interface OwnImage {
  name: string;
  image: TranslateImage;
}

/** What the person looking has chosen, as it is kept while the view is hidden. */
export interface TranslateWishes {
  training?: string;
  concept?: string;
  /** `file` of the weights in the first translated column. */
  first?: string;
  second?: string;
  /** Held-out images in the table, by file. */
  images?: string[];
  own?: OwnImage[];
  /** Key of the image under the slider. */
  compared?: string;
  left?: Column;
  right?: Column;
  position?: number;
  zoom?: Zoom;
}

/** Wishes that can be kept: bytes of a dropped file are too many for the editor's state. */
export function keepable(wishes: TranslateWishes): TranslateWishes {
  return { ...wishes, own: (wishes.own ?? []).filter(({ image }) => image.kind !== 'bytes') };
}

/** An image in the table. */
export interface SelectedImage {
  key: string;
  name: string;
  image: TranslateImage;
}

export interface TranslateSelection {
  training: string;
  concept: ConceptChoice;
  first: WeightsChoice;
  /** Absent where the concept has one set of weights only. */
  second?: WeightsChoice;
}

/** Weights worth seeing first. */
const PREFERENCE: readonly WeightsKind[] = ['fine-tuned', 'denoised', 'checkpoint', 'zoo', 'base'];
/** The story from left to right. */
const STORY: readonly WeightsKind[] = ['base', 'zoo', 'denoised', 'checkpoint', 'fine-tuned'];

function by(kinds: readonly WeightsKind[]): (a: WeightsChoice, b: WeightsChoice) => number {
  return (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind);
}

/** What was wished for, and for the rest the two sets of weights most worth seeing. */
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

/** The nearest to the wishes that the project still has; undefined where no concept has weights. */
export function settle(
  state: Ready,
  target: TranslateTarget,
  wishes: Pick<TranslateWishes, 'training' | 'concept' | 'first' | 'second'>,
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
  return { training, concept, first, ...(second ? { second } : {}) };
}

/** One's own images, then the held-out ones that were chosen (at first: the first few). */
export function selectImages(
  heldOut: readonly ImageChoice[],
  wishes: Pick<TranslateWishes, 'images' | 'own'>,
): SelectedImage[] {
  const files = wishes.images ?? heldOut.slice(0, FIRST_IMAGES).map(({ file }) => file);
  return [
    ...(wishes.own ?? []).map(({ name, image }): SelectedImage => ({ key: `own ${name}`, name, image })),
    ...heldOut
      .filter(({ file }) => files.includes(file))
      .map(({ name, file }): SelectedImage => ({ key: file, name, image: { kind: 'file', file } })),
  ];
}

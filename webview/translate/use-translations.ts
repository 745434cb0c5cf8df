import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { WeightsChoice } from '../../src/protocol/statistics.ts';
import { translateView } from '../../src/protocol/webview/translate.ts';
import { messageOf, request } from '../host/connection.ts';
import type { SelectedImage, TranslateSelection } from './selection.ts';
import { type ShownTranslation, show } from './shown-translation.ts';

export interface TranslationCell {
  /** The newest translation that has arrived, from the current or earlier content of the weights file. */
  shown?: ShownTranslation;
  /** Whether the shown translation is from earlier content of the weights file, or has another size. */
  stale: boolean;
  error?: string;
}

interface Entry extends TranslationCell {
  /** `modified` of the weights that the entry was made or requested with. */
  modified: number;
}

function keyOf(selection: TranslateSelection, weights: WeightsChoice, image: SelectedImage): string {
  return `${anySizeKey(selection, weights, image)}\n${selection.size}`;
}

function anySizeKey(
  { training, concept }: TranslateSelection,
  weights: WeightsChoice,
  image: SelectedImage,
): string {
  return [training, concept.name, weights.file, image.key].join('\n');
}

interface Wanted {
  key: string;
  selection: TranslateSelection;
  weights: WeightsChoice;
  image: SelectedImage;
}

/**
 * Maximum number of pending requests: the engine answers one at a time, and a queue saves it from waiting for this
 * page.
 */
const MOST_ASKED = 8;
/** Milliseconds between redraws of the table while answers arrive; a redraw can take as long as some answers. */
const DRAWING_MS = 100;

/**
 * Translations of every selected image with every selected set of weights: requested one after the other, cached, and
 * requested again when a run replaces the weights.
 */
export function useTranslations(
  selection: TranslateSelection | undefined,
  images: readonly SelectedImage[],
): {
  cell: (weights: WeightsChoice, image: SelectedImage) => TranslationCell;
  busy: boolean;
  /** Requests the failed translations again. */
  retry: () => void;
} {
  const entries = useRef(new Map<string, Entry>());
  /** The latest translations of whatever size: they are shown until those of another size arrive. */
  const latest = useRef(new Map<string, ShownTranslation>());
  const wanted = useRef<readonly Wanted[]>([]);
  const asked = useRef(new Set<string>());
  const [, count] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const drawn = useRef(0);
  const draw = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    drawn.current = performance.now();
    count((drawings) => drawings + 1);
  };
  /** Redraws, at once if nothing more is pending. */
  const redraw = () => {
    if (!wanted.current.some(isMissing)) draw();
    else timer.current ??= setTimeout(draw, Math.max(0, drawn.current + DRAWING_MS - performance.now()));
  };

  const isMissing = ({ key, weights }: Wanted) => entries.current.get(key)?.modified !== weights.modified;
  const ask = async (next: Wanted) => {
    const { key, weights } = next;
    const { modified } = weights;
    try {
      const shown = await translate(next);
      entries.current.set(key, { shown, stale: false, modified });
      latest.current.set(anySizeKey(next.selection, weights, next.image), shown);
    } catch (error) {
      const shown = entries.current.get(key)?.shown;
      entries.current.set(key, {
        ...(shown ? { shown } : {}),
        stale: true,
        error: messageOf(error),
        modified,
      });
    }
    redraw();
  };
  /** Requests whatever is missing first among what is wanted at that time. */
  const work = () => {
    while (asked.current.size < MOST_ASKED) {
      const next = wanted.current.find((one) => isMissing(one) && !asked.current.has(one.key));
      if (!next) return;
      asked.current.add(next.key);
      void ask(next).finally(() => {
        asked.current.delete(next.key);
        work();
      });
    }
  };

  const present = useMemo(() => wantedOf(selection, images), [selection, images]);
  useEffect(() => {
    wanted.current = present;
    work();
  }, [present]);

  return {
    cell(weights, image) {
      if (!selection) return { stale: false };
      const entry = entries.current.get(keyOf(selection, weights, image));
      if (!entry) {
        const shown = latest.current.get(anySizeKey(selection, weights, image));
        return { ...(shown ? { shown } : {}), stale: shown !== undefined };
      }
      return { ...entry, stale: entry.stale || entry.modified !== weights.modified };
    },
    busy: present.some(isMissing),
    retry() {
      for (const [key, { error }] of entries.current) if (error !== undefined) entries.current.delete(key);
      draw();
      work();
    },
  };
}

/** The wanted translations, image by image: the engine then decodes each once, and the first row is there first. */
function wantedOf(selection: TranslateSelection | undefined, images: readonly SelectedImage[]): Wanted[] {
  if (!selection) return [];
  const { first, second } = selection;
  return images.flatMap((image) =>
    (second ? [first, second] : [first]).map((weights) => ({
      key: keyOf(selection, weights, image),
      selection,
      weights,
      image,
    })),
  );
}

async function translate({ selection, weights, image }: Wanted): Promise<ShownTranslation> {
  const translation = await request(translateView.translate, {
    training: selection.training,
    concept: selection.concept.name,
    weights: weights.file,
    image: image.file,
    size: selection.size,
  });
  return show(translation);
}

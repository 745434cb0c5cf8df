import { useEffect, useRef, useState } from 'preact/hooks';
import { type AreaRequest, type PictureArea, translateView } from '../../src/protocol/webview/translate.ts';
import { messageOf, request } from '../host/connection.ts';

/** A part of a picture, as finely as it is shown. */
export interface SharpArea {
  area: PictureArea;
  bitmap: ImageBitmap;
  /** Whether its pixels are those that are saved. */
  isExact: boolean;
}

export interface AreaState {
  /** The latest part that has arrived of this picture: it may not be the one that is looked at now. */
  sharp?: SharpArea;
  /** Whether a part is on its way. */
  pending: boolean;
  error?: string;
}

/** Milliseconds between two requests for one side: whoever moves a picture passes through many parts of it. */
const PAUSE_MS = 120;

/**
 * The part of a picture that is looked at, asked for anew whenever that is another one.
 * @param of identifies the picture
 * @param wanted undefined if the page has all pixels of the picture
 */
export function useArea(of: string, wanted: AreaRequest | undefined): AreaState {
  const [state, setState] = useState<AreaState & { of: string }>({ of, pending: false });
  const last = useRef(Number.NEGATIVE_INFINITY);
  const key = wanted && JSON.stringify(wanted);
  useEffect(() => {
    if (!wanted) {
      setState({ of, pending: false });
      return;
    }
    let superseded = false;
    const keep = (previous: AreaState & { of: string }) =>
      previous.of === of && previous.sharp ? { sharp: previous.sharp } : {};
    setState((previous) => ({ of, ...keep(previous), pending: true }));
    const ask = async () => {
      last.current = performance.now();
      try {
        const { image, isExact } = await request(translateView.area, wanted);
        if (superseded) return;
        const blob = new Blob([new Uint8Array(image)], { type: 'image/png' });
        const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
        if (!superseded) setState({ of, sharp: { area: wanted.area, bitmap, isExact }, pending: false });
      } catch (error) {
        if (superseded) return;
        setState((previous) => ({ of, ...keep(previous), pending: false, error: messageOf(error) }));
      }
    };
    const wait = Math.max(0, last.current + PAUSE_MS - performance.now());
    const timer = setTimeout(() => void ask(), wait);
    return () => {
      superseded = true;
      clearTimeout(timer);
    };
  }, [of, key]);
  return state.of === of ? state : { pending: wanted !== undefined };
}

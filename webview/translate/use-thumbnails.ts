import { useEffect, useRef, useState } from 'preact/hooks';
import { type ImageChoice, translateView } from '../../src/protocol/webview/translate.ts';
import { request } from '../host/connection.ts';

/** Number of thumbnails that are asked for at the same time. */
const MOST_ASKED = 4;

/** Addresses of small copies of images, by file, as they arrive. An image that cannot be read has none. */
export function useThumbnails(
  of: { training: string; concept: string },
  images: readonly ImageChoice[],
): ReadonlyMap<string, string> {
  const [urls, setUrls] = useState<ReadonlyMap<string, string>>(new Map());
  const known = useRef(new Map<string, string>());
  const asked = useRef(new Set<string>());
  const { training, concept } = of;
  useEffect(() => {
    let ended = false;
    const waiting = images.map(({ file }) => file).filter((file) => !asked.current.has(file));
    const work = async () => {
      for (let file = waiting.shift(); file !== undefined && !ended; file = waiting.shift()) {
        asked.current.add(file);
        try {
          const png = await request(translateView.thumbnail, { training, concept, image: file });
          known.current.set(
            file,
            URL.createObjectURL(new Blob([new Uint8Array(png)], { type: 'image/png' })),
          );
          setUrls(new Map(known.current));
        } catch {
          // Its translation says why.
        }
      }
    };
    for (let worker = 0; worker < MOST_ASKED; worker++) void work();
    return () => {
      ended = true;
    };
  }, [training, concept, images]);
  useEffect(
    () => () => {
      for (const url of known.current.values()) URL.revokeObjectURL(url);
    },
    [],
  );
  return urls;
}

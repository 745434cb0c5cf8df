import { useEffect, useState } from 'preact/hooks';
import { type ImageChoice, translateView } from '../../src/protocol/webview/translate.ts';
import { messageOf, request } from '../host/connection.ts';

export interface TestImages {
  images: readonly ImageChoice[];
  loading: boolean;
  error?: string;
}

const NONE: readonly ImageChoice[] = [];

/** Held-out images of a concept, requested again when the concept or the training config changes. */
export function useTestImages(training: string | undefined, concept: string | undefined): TestImages {
  const [state, setState] = useState<TestImages>({ images: NONE, loading: true });
  useEffect(() => {
    if (training === undefined || concept === undefined) return;
    let superseded = false;
    setState((previous) => ({ images: previous.images, loading: true }));
    request(translateView.testImages, { training, concept }).then(
      (images) => {
        if (!superseded) setState({ images, loading: false });
      },
      (error) => {
        if (!superseded) setState({ images: NONE, loading: false, error: messageOf(error) });
      },
    );
    return () => {
      superseded = true;
    };
  }, [training, concept]);
  return state;
}

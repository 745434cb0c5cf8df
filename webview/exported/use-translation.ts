import * as l10n from '@vscode/l10n';
import { useEffect, useState } from 'preact/hooks';
import type { PageFacts } from '../../src/protocol/exported-page.ts';
import { inertLine } from '../../src/protocol/inert-text.ts';
import { formatCount } from '../components/format.ts';
import type { Failure, Settings, Translation } from './messages.ts';
import { type Network, NotTranslated } from './network.ts';

/** A picture that the browser can show. */
export interface OpenedPicture {
  readonly file: File;
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

export interface TranslationResult extends Translation {
  readonly url: string;
}

export interface TranslationState {
  readonly picture?: OpenedPicture;
  readonly result?: TranslationResult;
  /** Whether the network is being loaded or run. */
  readonly busy: boolean;
  /** Share that is done, from 0 to 1, where the picture has parts. */
  readonly done?: number;
  /** What is going on, or was done last. */
  readonly doing: string;
  readonly problem?: string;
}

/** What pages take: canvases of browsers are not larger. */
const MOST = { side: 32_767, pixels: 2 ** 27 } as const;

export function useTranslation(network: Network, facts: PageFacts) {
  const [state, setState] = useState<TranslationState>({ busy: true, doing: l10n.t('Loading the network…') });
  useEffect(() => {
    network.load().then(
      () => setState((now) => (now.picture ? now : { ...now, busy: false, doing: l10n.t('Ready.') })),
      (error) =>
        setState((now) => (now.picture ? now : { busy: false, doing: '', problem: problemOf(error, facts) })),
    );
  }, [network, facts]);

  const translate = async (picture: OpenedPicture, settings: Settings) => {
    const name = inertLine(picture.file.name);
    setState((before) => {
      if (before.result) URL.revokeObjectURL(before.result.url);
      return { picture, busy: true, doing: l10n.t('Translating {0}…', name) };
    });
    try {
      const made = await network.translate(picture.file, settings, (done) =>
        setState((now) => ({ ...now, done })),
      );
      if (!made) return;
      const result = { ...made, url: URL.createObjectURL(made.png) };
      setState({ picture, result, busy: false, doing: l10n.t('Translated {0}.', name) });
    } catch (error) {
      setState({ picture, busy: false, doing: '', problem: problemOf(error, facts, picture) });
    }
  };

  const open = async (file: File, settings: Settings) => {
    network.stop();
    setState((before) => {
      if (before.picture) URL.revokeObjectURL(before.picture.url);
      if (before.result) URL.revokeObjectURL(before.result.url);
      return { busy: true, doing: l10n.t('Opening {0}…', inertLine(file.name)) };
    });
    const url = URL.createObjectURL(file);
    const size = await sizeOf(file, url);
    const problem = size ? tooLarge(file, size) : notAPicture(file);
    if (size && !problem) return translate({ file, url, ...size }, settings);
    URL.revokeObjectURL(url);
    setState({ busy: false, doing: '', ...(problem && { problem }) });
  };

  const stop = () => {
    network.stop();
    setState(({ picture }) => ({ ...(picture && { picture }), busy: false, doing: l10n.t('Stopped.') }));
  };
  return { state, open, translate, stop };
}

/** Size of a picture when it is upright; undefined if the browser cannot read it. */
function sizeOf(file: File, url: string): Promise<{ width: number; height: number } | undefined> {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => {
      const { naturalWidth: width, naturalHeight: height } = image;
      // A drawing in SVG has no pixels of its own.
      resolve(width > 0 && height > 0 && file.type !== 'image/svg+xml' ? { width, height } : undefined);
    };
    image.onerror = () => resolve(undefined);
    image.src = url;
  });
}

function notAPicture({ name }: File): string {
  return l10n.t(
    '{0} is not a picture that this browser can read. Choose a PNG, JPEG, WebP, AVIF, GIF or BMP file.',
    inertLine(name),
  );
}

function tooLarge({ name }: File, { width, height }: { width: number; height: number }): string | undefined {
  if (Math.max(width, height) <= MOST.side && width * height <= MOST.pixels) return undefined;
  return l10n.t(
    '{0} has {1} × {2} pixels. This page takes up to {3} million pixels, and {4} on a side. Make the picture smaller, or use dnw translate, which takes pictures of any size.',
    inertLine(name),
    formatCount(width),
    formatCount(height),
    Math.round(MOST.pixels / 1e6),
    formatCount(MOST.side),
  );
}

/** What failed, and what helps, in words. */
function problemOf(error: unknown, facts: PageFacts, picture?: OpenedPicture): string {
  if (!(error instanceof NotTranslated)) throw error;
  const { failure } = error;
  const name = inertLine(picture?.file.name ?? facts.concept);
  switch (failure.reason) {
    case 'memory':
      return l10n.t(
        '{0}: the memory of this browser is not enough. Choose a smaller size, close other pages, or use dnw translate.',
        name,
      );
    case 'decoding':
      return l10n.t(
        '{0}: the picture of {1} × {2} pixels cannot be decoded. It is damaged, or too large for the memory of this browser.',
        name,
        formatCount(picture?.width ?? 0),
        formatCount(picture?.height ?? 0),
      );
    case 'pixels':
      return l10n.t(
        'This browser changes the pixels that pages read, as a protection against fingerprinting, so every result would be wrong. Allow this page to read canvases, or open it in another browser.',
      );
    case 'start':
      return startProblem(failure);
    case 'network':
      return l10n.t('{0}: the network failed ({1}).', name, inertLine(failure.message));
  }
}

function startProblem({ message }: Failure & { message: string }): string {
  return l10n.t(
    'The network cannot be loaded ({0}). It needs a browser of 2023 or later.',
    inertLine(message),
  );
}

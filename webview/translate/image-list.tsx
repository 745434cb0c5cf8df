import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type GivenImage, type ImageChoice, translateView } from '../../src/protocol/webview/translate.ts';
import { Notice } from '../components/pending.tsx';
import { useRoving } from '../components/roving.ts';
import { Button } from '../components/toolkit.tsx';
import { messageOf, request } from '../host/connection.ts';
import type { TestImages } from './use-test-images.ts';

/** MIME types of the URI list when files are dragged out of the editor's explorer or another program. */
const URI_LISTS = ['application/vnd.code.uri-list', 'text/uri-list'];

async function dropped(transfer: DataTransfer): Promise<GivenImage[]> {
  if (transfer.files.length > 0) {
    return Promise.all(
      Array.from(transfer.files, async (file) => ({
        kind: 'bytes' as const,
        name: file.name,
        data: new Uint8Array(await file.arrayBuffer()),
      })),
    );
  }
  const list = URI_LISTS.map((type) => transfer.getData(type)).find((text) => text !== '') ?? '';
  return list
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((uri) => ({ kind: 'uri', uri }));
}

/** Images on the clipboard, each with a distinct name: the browser calls all of them `image.png`. */
async function pasted(clipboard: DataTransfer): Promise<GivenImage[]> {
  const time = new Date().toTimeString().slice(0, 8).replaceAll(':', '.');
  const images = await dropped(clipboard);
  return images.map((image, index) => {
    const name = `pasted ${time}${index > 0 ? ` ${index + 1}` : ''}.png`;
    return image.kind === 'bytes' ? { ...image, name } : image;
  });
}

/** The held-out images as toggles, and ways to add the user's own. */
export function ImageList(props: {
  heldOut: TestImages;
  selected: readonly string[];
  onToggle: (file: string) => void;
  own: readonly ImageChoice[];
  onAdd: (images: ImageChoice[]) => void;
  onRemove: (file: string) => void;
  /** Addresses of small copies, by file. */
  thumbnails: ReadonlyMap<string, string>;
}): JSX.Element {
  const { images, loading, error } = props.heldOut;
  const roving = useRoving<HTMLDivElement>('horizontal', 'button');
  const [over, setOver] = useState(false);
  const [failure, setFailure] = useState<string>();
  const choose = () => {
    setFailure(undefined);
    request(translateView.chooseImage, undefined).then(
      (choice) => {
        if (choice) props.onAdd([choice]);
      },
      (error) => setFailure(messageOf(error)),
    );
  };
  const add = async (arriving: Promise<GivenImage[]>, otherwise: string) => {
    setFailure(undefined);
    try {
      const given = await arriving;
      const taken = await Promise.all(given.map((image) => request(translateView.giveImage, image)));
      if (taken.length > 0) props.onAdd(taken);
      else setFailure(otherwise);
    } catch (error) {
      setFailure(messageOf(error));
    }
  };
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      if (event.target instanceof HTMLInputElement) return;
      void add(pasted(event.clipboardData!), l10n.t('The clipboard has no image.'));
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  });
  return (
    <section
      class={over ? 'images images-over' : 'images'}
      aria-label={l10n.t('Images')}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void add(dropped(event.dataTransfer!), l10n.t('The dropped item is not a file.'));
      }}
    >
      <div class="images-head">
        <h2>
          {l10n.t('Held-out images')}{' '}
          <span class="muted">
            {loading ? l10n.t('loading…') : l10n.t('{0} of {1} shown', props.selected.length, images.length)}
          </span>
        </h2>
        <div class="images-own">
          <span class="muted">{l10n.t('Drop (from the explorer: hold Shift) or paste an image, or')}</span>
          <Button onClick={choose}>{l10n.t('Open image…')}</Button>
        </div>
      </div>
      <div class="thumbnails" role="toolbar" aria-label={l10n.t('Images to translate')} {...roving}>
        {props.own.map(({ name, file }) => (
          <button
            key={`own ${file}`}
            class="own-image"
            type="button"
            aria-label={l10n.t('Remove {0}', name)}
            onClick={() => props.onRemove(file)}
          >
            {props.thumbnails.has(file) && (
              <img class="own-thumbnail" src={props.thumbnails.get(file)} alt="" />
            )}
            <span>{name}</span> <span aria-hidden="true">✕</span>
          </button>
        ))}
        {images.map(({ name, file }) => (
          <button
            key={file}
            class="thumbnail"
            type="button"
            aria-pressed={props.selected.includes(file)}
            title={name}
            onClick={() => props.onToggle(file)}
          >
            {props.thumbnails.has(file) ? (
              <img src={props.thumbnails.get(file)} alt={name} />
            ) : (
              <span class="thumbnail-name">{name}</span>
            )}
          </button>
        ))}
      </div>
      {!loading && images.length === 0 && error === undefined && (
        <p class="muted">
          {l10n.t(
            'None yet: the pairs of this concept have not been prepared, or have changed since. Run Prepare Pairs first.',
          )}
        </p>
      )}
      {error !== undefined && <Notice kind="error">{error}</Notice>}
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
    </section>
  );
}

import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { PictureSize } from '../../src/protocol/stage-entry.ts';
import { PICTURE_SIDE } from '../../src/protocol/stage-options.ts';
import type { WeightsChoice } from '../../src/protocol/statistics.ts';
import type { PendingState } from '../../src/protocol/webview/common.ts';
import {
  type ImageChoice,
  type TranslateTarget,
  type TranslateViewState,
  translateView,
} from '../../src/protocol/webview/translate.ts';
import { LiveRunLine } from '../components/live-run-line.tsx';
import { Notice, Pending } from '../components/pending.tsx';
import { Button, Choice, IntegerField, ProgressRing } from '../components/toolkit.tsx';
import { useSaving } from '../components/use-saving.tsx';
import { persist, readViewState, request } from '../host/connection.ts';
import { useConnection } from '../host/use-connection.ts';
import { type ComparablePicture, Comparison } from './comparison.tsx';
import { contactSheet } from './contact-sheet.ts';
import { DenoiseAgain } from './denoise-again.tsx';
import { ImageList } from './image-list.tsx';
import { type PictureCell, type PictureColumn, PictureTable } from './picture-table.tsx';
import {
  type Column,
  type SelectedImage,
  selectImages,
  settle,
  type TranslateSelection,
  type TranslateWishes,
  understood,
} from './selection.ts';
import type { ShownTranslation } from './shown-translation.ts';
import { type TestImages, useTestImages } from './use-test-images.ts';
import { useThumbnails } from './use-thumbnails.ts';
import { type TranslationCell, useTranslations } from './use-translations.ts';

type Ready = Extract<TranslateViewState, { kind: 'ready' }>;

export function TranslateView(): JSX.Element {
  const { target, state } = useConnection<TranslateTarget, TranslateViewState>(
    translateView.connect,
    translateView.stateChanged,
  );
  if (state.kind !== 'ready') return <Pending state={state} words={pendingWords()} />;
  return <Chosen state={state} target={target!} />;
}

function pendingWords(): Record<PendingState['kind'], string> {
  return {
    loading: l10n.t('Loading translations…'),
    empty: l10n.t('No translations yet'),
    error: l10n.t('Cannot show translations'),
  };
}

function Chosen(props: { state: Ready; target: TranslateTarget }): JSX.Element {
  const { state, target } = props;
  const [wishes, setWishes] = useState<TranslateWishes>(() =>
    understood(readViewState<TranslateWishes>() ?? {}),
  );
  const wish = (change: TranslateWishes) => setWishes((previous) => ({ ...previous, ...change }));
  // Persist at once: the next event may hide the view.
  useLayoutEffect(() => persist(target, wishes), [target, wishes]);
  const [denoised, setDenoised] = useState<readonly DenoisedFor[]>([]);
  const { training, concept, first, second, images, own, size } = wishes;
  const selection = useMemo(
    () => settle(withDenoised(state, denoised), target, definite({ training, concept, first, second, size })),
    [state, denoised, target, training, concept, first, second, size],
  );
  const heldOut = useTestImages(selection?.training, selection?.concept.name);
  const selected = useMemo(
    () => selectImages(heldOut.images, definite({ images, own })),
    [heldOut.images, images, own],
  );
  const translations = useTranslations(selection, selected);
  if (!selection) {
    return (
      <Pending
        words={pendingWords()}
        state={{
          kind: 'empty',
          message: l10n.t('No concept of this project has weights. Denoise or fine-tune one.'),
        }}
      />
    );
  }
  const columns = columnsOf(selection, selected, translations.cell);
  const failures = new Set(columns.flatMap(({ cells }) => cells.flatMap(({ error }) => error ?? [])));
  const compared = selected.find(({ key }) => key === wishes.compared) ?? selected[0];
  const pictures = compared ? picturesOf(columns, selected.indexOf(compared)) : [];
  const shown = compared && shownOf(selection, compared, translations.cell);
  return (
    <main aria-busy={translations.busy || heldOut.loading}>
      <header class="view-header">
        <h1>
          {l10n.t('Translate with {0}', selection.concept.name)}{' '}
          <span class="prompt-title">“{selection.concept.prompt}”</span>
        </h1>
        <Controls state={state} selection={selection} busy={translations.busy} onWish={wish} />
        <DenoiseAgain
          key={selection.concept.name}
          training={selection.training}
          concept={selection.concept.name}
          onDenoised={(weights) => {
            setDenoised((previous) => [
              ...previous.filter((other) => other.weights.file !== weights.file),
              { concept: selection.concept.name, weights },
            ]);
            wish({ first: selection.first.file, second: weights.file });
          }}
        />
        {state.live && (
          <LiveRunLine
            run={state.live}
            onOpen={() => void request(translateView.openRun, state.live!.runId)}
          />
        )}
      </header>
      {Array.from(failures, (failure) => (
        <Notice
          key={failure}
          kind="error"
          action={{ label: l10n.t('Try again'), onClick: translations.retry }}
        >
          {failure}
        </Notice>
      ))}
      <Images
        selection={selection}
        heldOut={heldOut}
        selected={selected}
        own={own ?? NO_IMAGES}
        onWish={wish}
      />
      {selected.length === 0 && !heldOut.loading && (
        <p class="pending-line">
          {heldOut.images.length > 0
            ? l10n.t('No image is selected. Select some above, or drop your own.')
            : l10n.t('Open an image, or drop one above, to translate it.')}
        </p>
      )}
      {selected.length > 0 && (
        <div class="side-by-side">
          {compared && shown && pictures.length > 1 && (
            <Comparison
              image={compared}
              selection={selection}
              shown={shown}
              pictures={pictures}
              left={wishes.left ?? 'source'}
              right={wishes.right ?? (selection.second ? 'second' : 'first')}
              onSides={(left, right) => wish({ left, right })}
              position={wishes.position ?? 50}
              onPosition={(position) => wish({ position })}
              detail={wishes.detail ?? 'none'}
              onDetail={(detail) => wish({ detail })}
              look={wishes.look?.key === compared.key ? wishes.look : undefined}
              onLook={(look) => wish({ look: { ...look, key: compared.key } })}
            />
          )}
          <div>
            <PictureTable
              images={selected}
              columns={columns}
              compared={compared?.key}
              onCompare={(key) => wish({ compared: key })}
            />
            <SaveSheet
              concept={selection.concept.name}
              images={selected}
              columns={columns}
              busy={translations.busy}
            />
          </div>
        </div>
      )}
    </main>
  );
}

/** A button that saves the whole table as one image. */
function SaveSheet(props: {
  concept: string;
  images: readonly SelectedImage[];
  columns: readonly PictureColumn[];
  busy: boolean;
}): JSX.Element {
  const { concept, images, columns } = props;
  const { save, outcome } = useSaving(translateView.save);
  const names = images.map(({ name }) => name);
  return (
    <>
      <div class="controls">
        <Button
          disabled={props.busy}
          onClick={() =>
            save(l10n.t('Saved the contact sheet.'), `${concept} contact sheet.png`, () =>
              contactSheet(l10n.t('Translated with {0}', concept), names, columns),
            )
          }
        >
          {l10n.t('Save contact sheet…')}
        </Button>
      </div>
      {outcome}
    </>
  );
}

/** Weights denoised from this page, in addition to the project's own. They are discarded with the page. */
interface DenoisedFor {
  concept: string;
  weights: WeightsChoice;
}

function withDenoised(state: Ready, denoised: readonly DenoisedFor[]): Ready {
  const concepts = state.concepts.map((concept) => ({
    ...concept,
    weights: [
      ...concept.weights,
      ...denoised.filter((entry) => entry.concept === concept.name).map(({ weights }) => weights),
    ],
  }));
  return { ...state, concepts };
}

/** The object without keys that are undefined. */
function definite<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

const NO_IMAGES: readonly ImageChoice[] = [];

function Images(props: {
  selection: TranslateSelection;
  heldOut: TestImages;
  selected: readonly SelectedImage[];
  own: readonly ImageChoice[];
  onWish: (change: TranslateWishes) => void;
}): JSX.Element {
  const { selection, heldOut, selected, own, onWish } = props;
  const shown = selected.filter(({ isHeldOut }) => isHeldOut).map(({ file }) => file);
  const all = useMemo(() => [...own, ...heldOut.images], [own, heldOut.images]);
  const of = { training: selection.training, concept: selection.concept.name };
  return (
    <ImageList
      heldOut={heldOut}
      thumbnails={useThumbnails(of, all)}
      selected={shown}
      onToggle={(file) =>
        onWish({ images: shown.includes(file) ? shown.filter((other) => other !== file) : [...shown, file] })
      }
      own={own}
      onAdd={(added) => {
        const files = new Set(added.map(({ file }) => file));
        onWish({
          own: [...added, ...own.filter(({ file }) => !files.has(file))],
          compared: added[0]!.file,
        });
      }}
      onRemove={(file) => onWish({ own: own.filter((other) => other.file !== file) })}
    />
  );
}

function Controls(props: {
  state: Ready;
  selection: TranslateSelection;
  busy: boolean;
  onWish: (change: TranslateWishes) => void;
}): JSX.Element {
  const { state, selection, onWish } = props;
  const weights = selection.concept.weights.map(({ file, label }) => ({ value: file, label }));
  const chosen = { first: selection.first.file, second: selection.second?.file };
  return (
    <div class="controls">
      <Choice
        label={l10n.t('Concept')}
        value={selection.concept.name}
        options={state.concepts
          .filter((concept) => concept.weights.length > 0)
          .map(({ name }) => ({ value: name, label: name }))}
        onChange={(concept) => onWish({ concept })}
      />
      <Choice
        label={l10n.t('First weights')}
        value={selection.first.file}
        options={weights}
        // Selecting what the other column shows swaps the two.
        onChange={(first) =>
          onWish(
            first === chosen.second
              ? { first, second: selection.first.file }
              : { ...definite(chosen), first },
          )
        }
      />
      {selection.second && (
        <Choice
          label={l10n.t('Second weights')}
          value={selection.second.file}
          options={weights.filter(({ value }) => value !== selection.first.file)}
          onChange={(second) => onWish({ ...definite(chosen), second })}
        />
      )}
      {state.trainings.length > 1 && (
        <Choice
          label={l10n.t('Training')}
          value={selection.training}
          options={state.trainings.map(({ name }) => ({ value: name, label: name }))}
          onChange={(training) => onWish({ training })}
        />
      )}
      <SizeChoice size={selection.size} onSize={(size) => onWish({ size })} />
      {props.busy && (
        <span class="busy" role="status">
          <ProgressRing /> {l10n.t('Translating…')}
        </span>
      )}
    </div>
  );
}

/** The shorter side that is suggested where one is to be given, in pixels. */
const SUGGESTED_SIDE = 512;

/** How large the network sees the images. */
function SizeChoice(props: { size: PictureSize; onSize: (size: PictureSize) => void }): JSX.Element {
  const { size, onSize } = props;
  const chosen = typeof size === 'number' ? 'side' : size;
  return (
    <>
      <Choice
        label={l10n.t('Size for the network')}
        value={chosen}
        options={[
          { value: 'train', label: l10n.t('as in training') },
          { value: 'native', label: l10n.t('full resolution') },
          { value: 'side', label: l10n.t('shorter side…') },
        ]}
        onChange={(value) => onSize(value === 'train' || value === 'native' ? value : SUGGESTED_SIDE)}
      />
      {typeof size === 'number' && (
        <IntegerField label={l10n.t('Shorter side')} value={size} {...PICTURE_SIDE} onChange={onSize} />
      )}
    </>
  );
}

/** Any translation of an image. */
function shownOf(
  { first, second }: TranslateSelection,
  image: SelectedImage,
  cellOf: ReturnType<typeof useTranslations>['cell'],
): ShownTranslation | undefined {
  return cellOf(first, image).shown ?? (second && cellOf(second, image).shown);
}

/** A column that the slider can also show, under its own name. */
interface StageColumn extends PictureColumn {
  column: Column;
  label: string;
  fileLabel: string;
  /** What the pictures are translated with. */
  weights?: WeightsChoice;
}

/** The columns: source, one or two sets of weights, target, with a cell for each selected image. */
function columnsOf(
  selection: TranslateSelection,
  images: readonly SelectedImage[],
  cellOf: ReturnType<typeof useTranslations>['cell'],
): StageColumn[] {
  const rows = images.map((image) => ({
    first: cellOf(selection.first, image),
    second: selection.second && cellOf(selection.second, image),
  }));
  const translated = ({ shown, stale, error }: TranslationCell): PictureCell => ({
    stale,
    ...(error !== undefined ? { error } : {}),
    ...(shown ? { picture: shown.translated, seconds: shown.seconds, isPreview: shown.isPreview } : {}),
    ...(shown?.quality ? { quality: shown.quality } : {}),
  });
  const known = (row: (typeof rows)[number]) => row.first.shown ?? row.second?.shown;
  const failed = (row: (typeof rows)[number]) => row.first.error;
  const given = (row: (typeof rows)[number], side: 'source' | 'target'): PictureCell => {
    const shown = known(row);
    const picture = shown?.[side];
    if (picture) return { picture, stale: false };
    const error = failed(row);
    if (shown) return { stale: false, absent: l10n.t('no target') };
    return { stale: false, ...(error !== undefined ? { error } : {}) };
  };
  const ofWeights = (column: Column, weights: WeightsChoice, cells: PictureCell[]): StageColumn => ({
    column,
    weights,
    label: weights.label,
    fileLabel: weights.label,
    title: weights.label.charAt(0).toUpperCase() + weights.label.slice(1),
    note: l10n.t('translation'),
    cells,
  });
  const { first, second } = selection;
  return [
    {
      column: 'source',
      label: l10n.t('source'),
      fileLabel: 'source',
      title: l10n.t('Source'),
      note: l10n.t('as the network sees it'),
      cells: rows.map((row) => given(row, 'source')),
    },
    ofWeights(
      'first',
      first,
      rows.map((row) => translated(row.first)),
    ),
    ...(second
      ? [
          ofWeights(
            'second',
            second,
            rows.map((row) => translated(row.second!)),
          ),
        ]
      : []),
    {
      column: 'target',
      label: l10n.t('target'),
      fileLabel: 'target',
      title: l10n.t('Target'),
      note: l10n.t('from the concept’s pairs'),
      cells: rows.map((row) => given(row, 'target')),
    },
  ];
}

/** The images in a row that the slider can show. */
function picturesOf(columns: readonly StageColumn[], row: number): ComparablePicture[] {
  return columns.flatMap(({ column, label, fileLabel, weights, cells }) => {
    const picture = cells[row]?.picture;
    return picture ? [{ column, label, fileLabel, picture, ...(weights && { weights }) }] : [];
  });
}

import * as l10n from '@vscode/l10n';
import type { JSX, RefObject } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AreaRequest, PictureArea, PictureShape } from '../../src/protocol/webview/translate.ts';
import { Notice } from '../components/pending.tsx';
import { Button, ProgressRing } from '../components/toolkit.tsx';
import { useWidth } from '../components/use-width.ts';
import { Lens, type Look, WHOLE } from './looking.ts';
import type { Picture } from './shown-translation.ts';
import { type SharpArea, useArea } from './use-area.ts';

/** One of the two pictures that lie on top of each other. */
export interface Side {
  label: string;
  /** Identifies the picture and how it was made. */
  key: string;
  /** The whole picture, as small as the page has it. */
  whole: Picture;
  /** What to ask for to get parts of it more finely; absent if there is nothing finer. */
  finer?: Omit<AreaRequest, 'side' | 'area' | 'width' | 'height'>;
}

/** The share of the window's height that a frame may take. */
const MOST_HEIGHT = 0.7;
/** CSS pixels on either side of the divider where it is taken hold of. */
const GRIP = 14;
/** The share of the frame by which the arrow keys move the picture. */
const KEY_MOVE = 0.1;
/** How strongly the wheel zooms, per pixel that it would scroll. */
const WHEEL = 0.002;
/** Pixels of a line, which some mice scroll by. */
const LINE = 16;
/** Milliseconds after which a look is kept for the next time that the page is shown. */
const KEEP_MS = 300;

/**
 * Two versions of a picture on top of each other with a movable divider, which can be zoomed into and moved. The divider is a
 * native range input; everything else has keys and buttons too.
 */
export function Viewer(props: {
  left: Side;
  right: Side;
  /** Size of the picture itself. */
  picture: PictureShape;
  /** Share of the width that shows the left picture, 0 to 100. */
  position: number;
  onPosition: (position: number) => void;
  look: Look;
  onLook: (look: Look) => void;
}): JSX.Element {
  const { left, right, picture, position } = props;
  const holder = useRef<HTMLDivElement>(null);
  const available = useWidth(holder);
  const [look, setLook] = useState(props.look);
  useEffect(() => {
    const timer = setTimeout(() => props.onLook(look), KEEP_MS);
    return () => clearTimeout(timer);
  }, [look]);
  return (
    <div class="viewer" ref={holder}>
      {available > 0 && (
        <Frame
          {...{ left, right, position, look }}
          lens={new Lens(picture, { width: available, height: Math.round(innerHeight * MOST_HEIGHT) })}
          onPosition={props.onPosition}
          onLook={setLook}
        />
      )}
    </div>
  );
}

function Frame(props: {
  left: Side;
  right: Side;
  lens: Lens;
  position: number;
  onPosition: (position: number) => void;
  look: Look;
  onLook: (next: (look: Look) => Look) => void;
}): JSX.Element {
  const { left, right, lens, position, look, onLook } = props;
  const frame = useRef<HTMLDivElement>(null);
  const where = useId();
  const canMove = lens.canMove(look);
  const area = lens.areaOf(look);
  const [one, other] = [
    useArea(left.key, finerOf('left', left, lens, look, area)),
    useArea(right.key, finerOf('right', right, lens, look, area)),
  ];
  useWheel(frame, lens, look, onLook);
  const drag = useDrag({ ...props, frame, canMove });
  const { width, height } = lens.frame;
  const asControl = {
    // Without anything to move, the arrow keys are those of whoever reads the page.
    role: canMove ? ('application' as const) : ('group' as const),
    tabIndex: 0,
    'aria-label': l10n.t('Picture: + and - zoom, 0 shows the whole, arrow keys move it'),
    'aria-describedby': where,
    onKeyDown: (event: JSX.TargetedKeyboardEvent<HTMLElement>) => onKey(event, lens, look, onLook),
  };
  const errors = [...new Set([one.error, other.error])].filter((error) => error !== undefined);
  return (
    <>
      <div
        class={canMove ? 'compare compare-movable' : 'compare'}
        style={{ width: `${width}px`, height: `${height}px` }}
        ref={frame}
        {...asControl}
        {...drag}
      >
        <Layer side={right} sharp={other.sharp} lens={lens} look={look} />
        <div class="compare-left" style={{ clipPath: `inset(0 ${100 - position}% 0 0)` }}>
          <Layer side={left} sharp={one.sharp} lens={lens} look={look} />
        </div>
        <input
          class="compare-input"
          type="range"
          min={0}
          max={100}
          step={1}
          value={position}
          aria-label={l10n.t('Divider between {0} and {1}', left.label, right.label)}
          aria-valuetext={l10n.t('{0} % {1}, {2} % {3}', position, left.label, 100 - position, right.label)}
          onInput={(event) => props.onPosition(Number(event.currentTarget.value))}
        />
        <div class="compare-divider" style={{ left: `${position}%` }} aria-hidden="true" />
      </div>
      <ZoomBar lens={lens} look={look} onLook={onLook} />
      <p class="muted viewer-where" id={where}>
        {placeText(lens, look, area)} <State sides={[one, other]} hasFiner={!!(left.finer || right.finer)} />
      </p>
      {errors.map((error) => (
        <Notice key={error} kind="error">
          {error}
        </Notice>
      ))}
    </>
  );
}

/** What is seen of the picture, in words. */
function placeText({ picture }: Lens, look: Look, { left, top, width, height }: PictureArea): string {
  if (look.scale === 'fit')
    return l10n.t('The whole picture of {0} × {1} pixels.', picture.width, picture.height);
  return l10n.t(
    'Pixels {0} to {1} of {2} across, {3} to {4} of {5} down.',
    ...[left + 1, left + width, picture.width, top + 1, top + height, picture.height],
  );
}

/** How fine the pixels are that are seen. */
function State(props: {
  sides: readonly { sharp?: SharpArea; pending: boolean }[];
  hasFiner: boolean;
}): JSX.Element {
  const { sides, hasFiner } = props;
  const isPending = sides.some(({ pending }) => pending);
  const isPreview = sides.some(({ sharp }) => sharp && !sharp.isExact);
  return (
    <span role="status" aria-busy={isPending}>
      {isPending && (
        <span class="viewer-busy">
          <ProgressRing /> {l10n.t('Loading this part…')}
        </span>
      )}
      {!isPending &&
        hasFiner &&
        (isPreview
          ? l10n.t('A preview at the size of training: zoom in for full resolution.')
          : l10n.t('As it is saved.'))}
    </span>
  );
}

function ZoomBar(props: {
  lens: Lens;
  look: Look;
  onLook: (next: (look: Look) => Look) => void;
}): JSX.Element {
  const { lens, look, onLook } = props;
  const percent = 100 * lens.scaleOf(look);
  return (
    <fieldset class="viewer-zoom" aria-label={l10n.t('Zoom')}>
      <Button
        icon
        label={l10n.t('Zoom out')}
        disabled={look.scale === 'fit'}
        onClick={() => onLook((now) => lens.stepped(now, 'out'))}
      >
        <span aria-hidden="true">−</span>
      </Button>
      <output class="viewer-percent">{`${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`}</output>
      <Button
        icon
        label={l10n.t('Zoom in')}
        disabled={!lens.canZoomIn(look)}
        onClick={() => onLook((now) => lens.stepped(now, 'in'))}
      >
        <span aria-hidden="true">+</span>
      </Button>
      <Button label={l10n.t('Whole picture')} onClick={() => onLook(() => WHOLE)}>
        {l10n.t('Whole')}
      </Button>
      <Button
        label={l10n.t('1 : 1, one pixel of the picture for each of the screen')}
        disabled={lens.fit >= 1}
        onClick={() => onLook((now) => oneToOne(lens, now))}
      >
        {'1 : 1'}
      </Button>
    </fieldset>
  );
}

/** One pixel of the picture for each CSS pixel; small pictures are larger than that when they are whole. */
function oneToOne(lens: Lens, look: Look): Look {
  return lens.zoomed(look, 1);
}

function onKey(
  event: JSX.TargetedKeyboardEvent<HTMLElement>,
  lens: Lens,
  look: Look,
  onLook: (next: (look: Look) => Look) => void,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const keys: Record<string, (look: Look) => Look> = {
    '+': (now) => lens.stepped(now, 'in'),
    '=': (now) => lens.stepped(now, 'in'),
    '-': (now) => lens.stepped(now, 'out'),
    _: (now) => lens.stepped(now, 'out'),
    '0': () => WHOLE,
    '1': (now) => oneToOne(lens, now),
  };
  const [right, down] = [KEY_MOVE * lens.frame.width, KEY_MOVE * lens.frame.height];
  const moves: Record<string, (look: Look) => Look> = {
    ArrowLeft: (now) => lens.moved(now, right, 0),
    ArrowRight: (now) => lens.moved(now, -right, 0),
    ArrowUp: (now) => lens.moved(now, 0, down),
    ArrowDown: (now) => lens.moved(now, 0, -down),
  };
  // The divider has the arrow keys when it has the focus.
  const isDivider = event.target instanceof HTMLInputElement;
  const next = keys[event.key] ?? (isDivider || !lens.canMove(look) ? undefined : moves[event.key]);
  if (!next) return;
  event.preventDefault();
  onLook(next);
}

/** Zooms with the wheel, at the pointer. Where there is nothing to zoom out of, the wheel scrolls the page. */
function useWheel(
  frame: RefObject<HTMLDivElement>,
  lens: Lens,
  look: Look,
  onLook: (next: (look: Look) => Look) => void,
): void {
  const current = useRef({ lens, look, onLook });
  current.current = { lens, look, onLook };
  useEffect(() => {
    const element = frame.current!;
    const zoom = (event: WheelEvent) => {
      const { lens, look, onLook } = current.current;
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
      if (event.deltaY > 0 && look.scale === 'fit') return;
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      const at = { left: event.clientX - left, top: event.clientY - top };
      const factor = Math.exp(-event.deltaY * lines * WHEEL);
      onLook((now) => lens.zoomed(now, lens.scaleOf(now) * factor, at));
    };
    // Preact's listeners are passive for wheels: they could not keep the page from scrolling.
    element.addEventListener('wheel', zoom, { passive: false });
    return () => element.removeEventListener('wheel', zoom);
  }, [frame]);
}

/** Drags the divider, or the picture where that can be moved and the pointer is not at the divider. */
function useDrag(props: {
  frame: RefObject<HTMLDivElement>;
  lens: Lens;
  canMove: boolean;
  position: number;
  onPosition: (position: number) => void;
  onLook: (next: (look: Look) => Look) => void;
}): JSX.HTMLAttributes<HTMLDivElement> {
  const { frame, lens, canMove, position, onPosition, onLook } = props;
  const held = useRef<'divider' | { x: number; y: number }>();
  const placeOf = (event: PointerEvent) => event.clientX - frame.current!.getBoundingClientRect().left;
  const divide = (event: PointerEvent) =>
    onPosition(Math.round(Math.min(100, Math.max(0, (100 * placeOf(event)) / lens.frame.width))));
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      const divider = (position / 100) * lens.frame.width;
      const isAtDivider = !canMove || Math.abs(placeOf(event) - divider) <= GRIP;
      held.current = isAtDivider ? 'divider' : { x: event.clientX, y: event.clientY };
      event.currentTarget.setPointerCapture(event.pointerId);
      if (isAtDivider) divide(event);
    },
    onPointerMove: (event) => {
      const from = held.current;
      if (from === undefined) return;
      if (from === 'divider') {
        divide(event);
        return;
      }
      const [right, down] = [event.clientX - from.x, event.clientY - from.y];
      held.current = { x: event.clientX, y: event.clientY };
      onLook((now) => lens.moved(now, right, down));
    },
    onPointerUp: () => {
      held.current = undefined;
    },
    onPointerCancel: () => {
      held.current = undefined;
    },
  };
}

/** The part to ask for, as finely as the screen shows it; undefined if the page has it. */
function finerOf(
  side: AreaRequest['side'],
  { finer }: Side,
  lens: Lens,
  look: Look,
  area: PictureArea,
): AreaRequest | undefined {
  if (!finer) return undefined;
  const scale = Math.min(1, lens.scaleOf(look) * devicePixelRatio);
  const size = (length: number) => Math.max(1, Math.round(length * scale));
  return { ...finer, side, area, width: size(area.width), height: size(area.height) };
}

/** One picture in the frame: the whole of it, and on it the part that has arrived more finely. */
function Layer(props: { side: Side; sharp: SharpArea | undefined; lens: Lens; look: Look }): JSX.Element {
  const { side, sharp, lens, look } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = lens.frame;
  const dense = devicePixelRatio;
  useLayoutEffect(() => {
    const element = canvas.current!;
    element.width = Math.round(width * dense);
    element.height = Math.round(height * dense);
    const context = element.getContext('2d', { willReadFrequently: true })!;
    const scale = lens.scaleOf(look) * dense;
    const origin = lens.originOf(look);
    const draw = (bitmap: ImageBitmap, area: PictureArea) => {
      const enlarged = (area.width * scale) / bitmap.width;
      // Pixels of the picture stay sharp squares; those of a smaller copy pass into each other.
      context.imageSmoothingEnabled = enlarged < 1 || bitmap.width < area.width;
      context.imageSmoothingQuality = 'high';
      const [x, y] = [origin.left * dense + area.left * scale, origin.top * dense + area.top * scale];
      context.drawImage(bitmap, x, y, area.width * scale, area.height * scale);
    };
    draw(side.whole.bitmap, { left: 0, top: 0, ...lens.picture });
    if (sharp) draw(sharp.bitmap, sharp.area);
  });
  return (
    <canvas
      ref={canvas}
      class="picture"
      role="img"
      aria-label={side.label}
      style={{ width: `${width}px`, height: `${height}px` }}
    />
  );
}

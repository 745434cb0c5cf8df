import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Ramp } from '../components/color.ts';
import { TailText } from '../components/tail-text.tsx';
import type { Theme } from '../components/theme.ts';
import { useWidth } from '../components/use-width.ts';

export interface HeatRow {
  label: string;
  /** The row's values; NaN leaves the background visible. */
  values: readonly number[];
}

const CELL_MAX = 34;
const CELL_MIN = 5;
const ROW = 20;

interface Position {
  row: number;
  column: number;
}

/**
 * Rows of colored cells on a canvas. Pointer and arrow keys move over the cells, and `describe` gives the text shown
 * below the map for a cell. Rows may differ in length.
 */
export function HeatMap(props: {
  label: string;
  rows: readonly HeatRow[];
  /** Title of the horizontal axis. */
  columnTitle: string;
  domain: readonly [number, number];
  ramp: Ramp;
  theme: Theme;
  describe: (row: number, column: number) => string;
  /** Called with the cell that is clicked, or on which Enter is pressed. */
  onChoose?: (row: number, column: number) => void;
  /** Text shown while no cell is selected. */
  hint: string;
}): JSX.Element {
  const { rows, domain, ramp, theme } = props;
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(holder);
  const [selected, setSelected] = useState<Position>();
  const readOut = useId();
  const columns = Math.max(1, ...rows.map((row) => row.values.length));
  const cell = Math.max(CELL_MIN, Math.min(CELL_MAX, Math.floor(width / columns)));

  useLayoutEffect(() => {
    const element = canvas.current!;
    const scale = window.devicePixelRatio;
    element.width = Math.round(columns * cell * scale);
    element.height = Math.round(rows.length * ROW * scale);
    const context = element.getContext('2d')!;
    context.scale(scale, scale);
    rows.forEach((row, y) => {
      row.values.forEach((value, x) => {
        const [left, top] = [x * cell + 0.5, y * ROW + 0.5];
        context.beginPath();
        context.rect(left, top, cell - 1, ROW - 1);
        if (Number.isNaN(value)) {
          context.strokeStyle = theme.zoo;
          context.moveTo(left, top);
          context.lineTo(left + cell - 1, top + ROW - 1);
        } else {
          context.fillStyle = `rgb(${ramp((value - domain[0]) / (domain[1] - domain[0])).join()})`;
          context.fill();
          context.strokeStyle = theme.grid;
        }
        context.lineWidth = 1;
        context.stroke();
      });
    });
    if (selected) {
      context.strokeStyle = theme.background;
      context.lineWidth = 4;
      context.strokeRect(selected.column * cell + 1, selected.row * ROW + 1, cell - 2, ROW - 2);
      context.strokeStyle = theme.foreground;
      context.lineWidth = 2;
      context.strokeRect(selected.column * cell + 1, selected.row * ROW + 1, cell - 2, ROW - 2);
    }
  }, [rows, domain, ramp, theme, columns, cell, selected]);

  const select = (row: number, column: number) => {
    const y = Math.min(rows.length - 1, Math.max(0, row));
    const length = rows[y]!.values.length;
    setSelected({ row: y, column: Math.min(length - 1, Math.max(0, column)) });
  };
  const cellUnder = (event: JSX.TargetedPointerEvent<HTMLDivElement>): Position | undefined => {
    const row = Math.floor(event.offsetY / ROW);
    const column = Math.floor(event.offsetX / cell);
    return row >= 0 && column >= 0 && column < (rows[row]?.values.length ?? 0) ? { row, column } : undefined;
  };
  const onPointer = (event: JSX.TargetedPointerEvent<HTMLDivElement>) => {
    const position = cellUnder(event);
    if (position) setSelected(position);
    return position;
  };
  const current =
    selected && rows[selected.row]?.values[selected.column] !== undefined ? selected : undefined;
  const onKey = (event: JSX.TargetedKeyboardEvent<HTMLDivElement>) => {
    const { row, column } = selected ?? { row: 0, column: -1 };
    const moves: Record<string, Position> = {
      ArrowRight: { row, column: column + 1 },
      ArrowLeft: { row, column: column - 1 },
      ArrowDown: { row: row + 1, column },
      ArrowUp: { row: row - 1, column },
      Home: { row, column: 0 },
      End: { row, column: Number.POSITIVE_INFINITY },
      PageUp: { row: 0, column },
      PageDown: { row: rows.length - 1, column },
    };
    if (event.key === 'Enter' && current) props.onChoose?.(current.row, current.column);
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    select(move.row, move.column);
  };
  return (
    <div class="heat-map">
      <div class="heat-map-grid">
        <div class="heat-map-rows" aria-hidden="true">
          {rows.map((row, index) => (
            <div key={index} class="heat-map-row">
              <TailText text={row.label} />
            </div>
          ))}
        </div>
        <div class="heat-map-cells" ref={holder}>
          <div
            class="heat-map-surface"
            role="application"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move between the cells
            tabIndex={0}
            aria-label={`${props.label}. ${l10n.t('Arrow keys move between cells.')}`}
            aria-describedby={readOut}
            onPointerMove={onPointer}
            onPointerDown={(event) => {
              const position = onPointer(event);
              if (position) props.onChoose?.(position.row, position.column);
            }}
            onKeyDown={onKey}
            onFocus={() => {
              if (!selected) select(0, 0);
            }}
          >
            <canvas ref={canvas} style={{ width: `${columns * cell}px`, height: `${rows.length * ROW}px` }} />
          </div>
          <div class="heat-map-axis" aria-hidden="true" style={{ width: `${columns * cell}px` }}>
            <span>0</span>
            <span>{props.columnTitle} →</span>
            <span>{columns - 1}</span>
          </div>
        </div>
      </div>
      <p class="read-out" id={readOut} aria-live="polite">
        {current ? props.describe(current.row, current.column) : props.hint}
      </p>
    </div>
  );
}

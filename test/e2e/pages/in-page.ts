/** Functions that run inside a page: they know nothing outside themselves, and of the browser what is declared here. */

type Transfer = { items: { add(file: File): void } };
declare const DataTransfer: new () => Transfer;
declare const DragEvent: new (
  type: string,
  init: { bubbles: boolean; cancelable?: boolean; dataTransfer: Transfer },
) => Event;
declare const ClipboardEvent: new (
  type: string,
  init: { bubbles: boolean; cancelable?: boolean; clipboardData: Transfer },
) => Event;

declare const document: { title: string };

interface Canvas {
  width: number;
  height: number;
  toDataURL(): string;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { data: Iterable<number> };
  };
}

/** Whether the window has this title. */
export function isTitled(title: string): boolean {
  return document.title === title;
}

/** A file as it can be passed into a page. */
export interface SentFile {
  name: string;
  type: string;
  bytes: number[];
}

/** Red, green, blue and alpha of a canvas, row by row. */
export function readCanvas(element: unknown): { width: number; height: number; rgba: number[] } {
  const canvas = element as Canvas;
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  return { width, height, rgba: Array.from(data) };
}

/** What a canvas shows, as a text: equal for equal pictures. */
export function drawingOf(element: unknown): string {
  return (element as Canvas).toDataURL();
}

export function dropFile(target: unknown, { name, type, bytes }: SentFile): void {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
  const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
  (target as EventTarget).dispatchEvent(event);
}

export function pasteFile(target: unknown, { name, type, bytes }: SentFile): void {
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([new Uint8Array(bytes)], name, { type }));
  (target as EventTarget).dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
}

import { CancellationTokenSource } from 'vscode';
import type { PictureAreaParams, PictureAreaResult } from '../../../protocol/serve.ts';
import type { AreaRequest } from '../../../protocol/webview/translate.ts';
import type { ServeClient } from '../../engine/serve-client.ts';

type Side = AreaRequest['side'];

/** The parts of pictures that a page shows. What it no longer shows is no longer computed. */
export class ShownAreas {
  private readonly latest = new Map<Side, CancellationTokenSource>();

  constructor(private readonly engine: Pick<ServeClient, 'request'>) {}

  /** Gives up the side's request before, and makes this one. @throws as the engine does, also if a later one came */
  async request(side: Side, params: PictureAreaParams): Promise<PictureAreaResult> {
    this.latest.get(side)?.cancel();
    const source = new CancellationTokenSource();
    this.latest.set(side, source);
    try {
      return await this.engine.request('pictureArea', params, source.token);
    } finally {
      source.dispose();
      if (this.latest.get(side) === source) this.latest.delete(side);
    }
  }

  dispose(): void {
    for (const source of this.latest.values()) source.cancel();
  }
}

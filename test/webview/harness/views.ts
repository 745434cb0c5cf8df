import type { ViewName } from '../../../src/extension/identifiers.ts';

/** What the tests of all views need to know of one. Its scenarios are in scenarios.ts. */
export interface ViewUnderTest {
  /** The scenario in which the view has something to show. */
  readonly ready: string;
  /** Selector of what it shows then. */
  readonly shown: string;
  /** The scenarios that show the view's controls, which are walked and operated with the keyboard. */
  readonly walked: readonly string[];
  /** The scenarios that pictures are taken of, each with the selector of what is there once it is drawn. */
  readonly pictured: Readonly<Record<string, string>>;
}

export const VIEWS: Readonly<Record<ViewName, ViewUnderTest>> = {
  run: {
    ready: 'running',
    shown: '.uplot',
    walked: ['running', 'quickstart'],
    pictured: {
      loading: '.pending',
      empty: '.pending',
      error: '.pending',
      begun: '.log',
      running: '.uplot',
      overlaid: '.uplot',
      'six-runs': '.uplot',
      damaged: '.notice',
      'measured-nothing': '.artifact-folder',
      quickstart: '.uplot',
      succeeded: '.uplot',
      failed: '.uplot',
      stopped: '.uplot',
    },
  },
  weights: {
    ready: 'ready',
    shown: '.heat-map',
    walked: ['live'],
    pictured: {
      loading: '.pending',
      empty: '.pending',
      error: '.pending',
      ready: '.nearest',
      live: '.nearest',
      failing: '.notice',
      'not-finite': '.nearest',
    },
  },
  translate: {
    ready: 'ready',
    shown: '.compare',
    walked: ['ready', 'photograph'],
    pictured: {
      loading: '.pending',
      empty: '.pending',
      error: '.pending',
      ready: 'main[aria-busy=false] .compare',
      photograph: 'main[aria-busy=false] .viewer-where [aria-busy=false]',
      large: 'main[aria-busy=false] .compare',
      'denoised-only': 'main[aria-busy=false] .compare',
      unprepared: '.images p',
      failing: 'main[aria-busy=false] .notice',
    },
  },
  compare: {
    ready: 'ready',
    shown: '.uplot',
    walked: ['ready'],
    pictured: {
      loading: '.pending',
      empty: '.pending',
      error: '.pending',
      ready: '.uplot',
      distances: '.uplot',
      none: '.pending',
      live: '.live-run',
      failed: '.notice',
      'failed-later': '.uplot',
      damaged: '.notice',
    },
  },
  tensors: {
    ready: 'compared',
    shown: '.heat-map',
    walked: ['compared', 'failing'],
    pictured: {
      loading: '.pending',
      empty: '.pending',
      error: '.pending',
      ready: '.heat-map',
      reading: '.progress-bar',
      compared: '.comparison table',
      failing: '.notice',
    },
  },
};

/** Whether a scenario, `view/scenario`, is the one in which its view has something to show. */
export function isReady(name: string): boolean {
  const [view, scenario] = name.split('/') as [ViewName, string];
  return VIEWS[view].ready === scenario;
}

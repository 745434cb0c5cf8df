import type {
  BlockHistogramRequest,
  StatisticsRequest,
  TrajectoryRequest,
} from '../../../src/protocol/statistics.ts';
import type { ConceptChoice } from '../../../src/protocol/webview/choices.ts';
import type { LiveRun } from '../../../src/protocol/webview/common.ts';
import { type RunHeader, runView } from '../../../src/protocol/webview/run.ts';
import { type TensorHistogramRequest, tensorsView } from '../../../src/protocol/webview/tensors.ts';
import {
  type AreaRequest,
  type GivenImage,
  type SaveTranslationRequest,
  type ThumbnailRequest,
  type TranslateRequest,
  translateView,
} from '../../../src/protocol/webview/translate.ts';
import { weightsView } from '../../../src/protocol/webview/weights.ts';
import { COMPARE_SCENARIOS } from './compare-scenarios.ts';
import { CONCEPTS, PROJECT, TRAININGS } from './fixtures/concepts.ts';
import { SIZE, scene, strip, toPng } from './fixtures/pictures.ts';
import { HEADERS, longCurves, MANY_PAIRS, ORIGIN, overlaidRuns, runUpdate } from './fixtures/run.ts';
import { comparisonFixture, histogramFixture, LORA_FILE, SPECTRA, STATISTICS } from './fixtures/tensors.ts';
import { blockHistogramFixture, statisticsFixture, trajectoryFixture } from './fixtures/weights.ts';

/** Answers by method. */
export type Handlers = Record<string, (params: unknown) => unknown>;

/** The handler that keeps the view waiting; whoever waits until a view is drawn does not wait for this one. */
export const never = () => new Promise(() => {});

const LIVE: LiveRun = {
  runId: HEADERS.running.runId,
  stage: 'fine-tune',
  name: 'sketch-at-night',
  state: 'running',
  message: 'fine-tuning sketch-at-night',
  done: 330,
  total: 500,
  etaSeconds: 12,
};

function weights(
  state: object,
  statistics: Handlers[string] = (params) => statisticsFixture(params as StatisticsRequest),
): Handlers {
  return {
    [weightsView.connect.method]: () => ({
      target: { project: PROJECT, training: 'fast', concept: 'sketch-at-night' },
      state,
    }),
    [weightsView.statistics.method]: statistics,
    [weightsView.blockHistogram.method]: (params) => blockHistogramFixture(params as BlockHistogramRequest),
    [weightsView.trajectory.method]: (params) => trajectoryFixture(params as TrajectoryRequest),
    [weightsView.openRun.method]: () => undefined,
    action: () => undefined,
  };
}

/** As the host gives them to the Weights view: without the bases, which have no LoRA. */
const READY_WEIGHTS = {
  kind: 'ready',
  trainings: TRAININGS,
  concepts: CONCEPTS.map((concept) => ({
    ...concept,
    weights: concept.weights.filter(({ kind }) => kind !== 'base'),
  })),
};

const EMPTY = {
  kind: 'empty',
  message:
    'Here the LoRA weights of a concept are compared with the zoo’s: distributions, magnitudes, blocks and nearest neighbours. “sketch-at-night” has no weights so far.',
  action: { label: 'Denoise weights', command: 'denoisedWeights.denoise' },
};
const ERROR = {
  kind: 'error',
  message:
    'weights/sketch-at-night/denoised.safetensors belongs to another base (9f0c11d2ab40, this project’s is 4be1c02a9d77).\nDenoise it again, or choose the training config that it was made with.',
  action: { label: 'Denoise weights', command: 'denoisedWeights.denoise' },
};

const IMAGES = Array.from({ length: 12 }, (_, i) => ({
  name: `images/scene-${String(i + 1).padStart(3, '0')}.png`,
  file: `${PROJECT}/images/scene-${String(i + 1).padStart(3, '0')}.png`,
}));

/** How far each kind of weights is from the teacher's picture. */
const ERRORS = { denoised: 0.42, 'fine-tuned': 0.09, checkpoint: 0.2, zoo: 0.5, base: 0.95 };

const errorOf = (request: { concept: string; weights?: string }): number | undefined => {
  if (request.weights === undefined) return undefined;
  const concept = CONCEPTS.find(({ name }) => name === request.concept)!;
  return ERRORS[concept.weights.find(({ file }) => file === request.weights)?.kind ?? 'denoised'];
};

/** Size of a picture that is not one of the concept's: as large as photographs are, wider than high. */
const PHOTO = { width: 4000, height: 3000 };

/** @param size shorter side of what the network sees */
function translate(state: object, size = SIZE): Handlers {
  const numberOf = (image: string) => IMAGES.findIndex(({ file }) => file === image);
  return {
    [translateView.connect.method]: () => ({
      target: { project: PROJECT, training: 'fast', concept: 'sketch-at-night' },
      state,
    }),
    [translateView.translate.method]: (params) => {
      const request = params as TranslateRequest;
      const error = errorOf(request)!;
      const common = { isPreview: false, remarks: [], seconds: 0.0083, device: 'CPU, 2 threads' };
      const number = numberOf(request.image);
      if (number === -1) {
        const shape = { width: Math.round((4 * size) / 3), height: size };
        return {
          ...common,
          source: toPng(scene(20, undefined, shape)),
          translated: toPng(scene(20, error, shape)),
          ...shape,
          picture: PHOTO,
          isPreview: request.size === 'native',
          remarks: ['turned upright'],
        };
      }
      const shape = { width: size, height: size };
      return {
        ...common,
        source: toPng(scene(number, undefined, shape)),
        translated: toPng(scene(number, error + 0.01 * (number % 4), shape)),
        target: toPng(scene(number, 0, shape)),
        psnr: 36 - 20 * error - 0.4 * (number % 4),
        ssim: 0.99 - 0.4 * error - 0.01 * (number % 4),
        ...shape,
        picture: shape,
      };
    },
    [translateView.area.method]: (params) => {
      const request = params as AreaRequest;
      const { area, width, height } = request;
      const whole = {
        width: Math.round((PHOTO.width * width) / area.width),
        height: Math.round((PHOTO.height * height) / area.height),
      };
      const drawn = scene(20, errorOf(request), whole, {
        left: Math.round((area.left * width) / area.width),
        top: Math.round((area.top * height) / area.height),
        width,
        height,
      });
      return { image: toPng(drawn), isExact: request.size !== 'native' || area.width * area.height < 2.5e6 };
    },
    [translateView.testImages.method]: () => IMAGES,
    [translateView.thumbnail.method]: (params) =>
      toPng(scene(numberOf((params as ThumbnailRequest).image), undefined, { width: SIZE, height: SIZE })),
    [translateView.denoise.method]: () => ({
      weights: '.dnw/denoised/sketch-at-night-seed1-steps1.safetensors',
      seconds: 0.021,
      device: 'CPU, 2 threads',
    }),
    [translateView.chooseImage.method]: () => ({
      name: 'IMG_2231.jpg',
      file: `${PROJECT}/IMG_2231.jpg`,
    }),
    [translateView.giveImage.method]: (params) => {
      const image = params as GivenImage;
      if (image.kind === 'bytes') return { name: image.name, file: `${PROJECT}/.dnw/dropped/${image.name}` };
      const name = decodeURIComponent(image.uri.slice(image.uri.lastIndexOf('/') + 1));
      return { name, file: `${PROJECT}/${name}` };
    },
    [translateView.saveTranslation.method]: (params) => ({
      file: `${PROJECT}/${(params as SaveTranslationRequest).name}`,
      ...PHOTO,
    }),
    [translateView.save.method]: () => true,
    [translateView.openRun.method]: () => undefined,
    action: () => undefined,
  };
}

const READY_TRANSLATE = { kind: 'ready', trainings: TRAININGS, concepts: CONCEPTS };

function onlyDenoised(concepts: readonly ConceptChoice[]): ConceptChoice[] {
  return concepts.map((concept) => ({
    ...concept,
    weights: concept.weights.filter(({ kind }) => kind !== 'fine-tuned'),
  }));
}

function readyRun(to: number, header: RunHeader = HEADERS.running) {
  return { kind: 'ready', origin: ORIGIN, ...runUpdate(0, to, header) };
}

function run(state: object): Handlers {
  return {
    [runView.connect.method]: () => ({ target: { project: PROJECT, runId: HEADERS.running.runId }, state }),
    [runView.stop.method]: () => undefined,
    [runView.resume.method]: () => undefined,
    [runView.showLog.method]: () => undefined,
    [runView.explain.method]: () => undefined,
    [runView.reveal.method]: () => undefined,
    [runView.openArtifact.method]: () => undefined,
    [runView.copyConfig.method]: () => undefined,
    [runView.showEvents.method]: () => undefined,
    [runView.chooseOverlaid.method]: () => undefined,
    [runView.removeOverlaid.method]: () => undefined,
    [runView.save.method]: () => true,
    action: () => undefined,
  };
}

function tensors(
  state: object,
  histogram: Handlers[string] = (params) => histogramFixture(params as TensorHistogramRequest),
): Handlers {
  return {
    [tensorsView.connect.method]: () => ({ target: { file: LORA_FILE.path }, state }),
    [tensorsView.histogram.method]: histogram,
    [tensorsView.scan.method]: () => undefined,
    [tensorsView.compare.method]: () => undefined,
    [tensorsView.endComparison.method]: () => undefined,
    action: () => undefined,
  };
}

const READY_TENSORS = {
  kind: 'ready',
  file: LORA_FILE,
  scan: { state: 'done' },
  statistics: STATISTICS,
  spectra: SPECTRA,
};

/** By name: `<view>/<state>`. Made when asked for: tests read the names outside a browser too. */
export const SCENARIOS: Record<string, () => Handlers> = {
  ...COMPARE_SCENARIOS,
  'weights/loading': () => ({ ...weights({}), [weightsView.connect.method]: never }),
  'weights/misfit': () => ({ ...weights({}), [weightsView.connect.method]: () => ({ target: 7 }) }),
  'weights/empty': () => weights(EMPTY),
  'weights/error': () => weights(ERROR),
  'weights/ready': () => weights(READY_WEIGHTS),
  'weights/live': () => weights({ ...READY_WEIGHTS, live: LIVE }),
  'weights/not-finite': () =>
    weights(READY_WEIGHTS, (params) => {
      const made = statisticsFixture(params as StatisticsRequest);
      const points = made.map.points.filter(({ kind }) => kind === 'zoo');
      const summary = { ...made.summary, weights: { ...made.summary.weights, notFinite: 3 } };
      return { ...made, summary, map: { ...made.map, points }, nearest: [] };
    }),
  'weights/no-generator': () => ({
    ...weights(READY_WEIGHTS),
    [weightsView.trajectory.method]: () => {
      throw new Error(
        'There is no weight generator yet. Train it first: "Train Weight Generator" in the editor, or dnw train-generator --training fast',
      );
    },
  }),
  'weights/failing': () =>
    weights(READY_WEIGHTS, () => {
      throw new Error(
        'The zoo zoo/4be1c02a9d77 holds one member; its spread needs two at least. Collect more concepts.',
      );
    }),
  'translate/loading': () => ({ ...translate({}), [translateView.connect.method]: never }),
  'translate/misfit': () => ({ ...translate({}), [translateView.connect.method]: () => ({ target: 7 }) }),
  'translate/empty': () =>
    translate({
      ...EMPTY,
      message:
        'Here held-out images are shown beside what a concept makes of them. No concept has weights so far.',
    }),
  'translate/error': () => translate(ERROR),
  'translate/ready': () => translate(READY_TRANSLATE),
  'translate/unprepared': () => ({
    ...translate(READY_TRANSLATE),
    [translateView.testImages.method]: () => [],
  }),
  'translate/large': () => translate(READY_TRANSLATE, 256),
  /** A photograph that is larger than the network sees it, among the held-out images. */
  'translate/photograph': () => {
    const handlers = translate(READY_TRANSLATE);
    const photograph = { name: 'IMG_2231.jpg', file: `${PROJECT}/photos/IMG_2231.jpg` };
    return { ...handlers, [translateView.testImages.method]: () => [photograph, ...IMAGES.slice(0, 3)] };
  },
  'translate/denoised-only': () =>
    translate({ ...READY_TRANSLATE, concepts: onlyDenoised(CONCEPTS), live: LIVE }),
  'translate/failing': () => ({
    ...translate(READY_TRANSLATE),
    [translateView.translate.method]: () => {
      throw new Error('images/scene-001.png cannot be read: it ends early (41,216 of 88,310 bytes).');
    },
  }),
  'tensors/loading': () => ({ ...tensors({}), [tensorsView.connect.method]: never }),
  'tensors/misfit': () => ({ ...tensors({}), [tensorsView.connect.method]: () => ({ target: 7 }) }),
  'tensors/empty': () => tensors({ ...EMPTY, message: 'The file has no content so far.' }),
  'tensors/error': () =>
    tensors({
      kind: 'error',
      message: `${LORA_FILE.path}: not a valid safetensors file: truncated: its header ends at byte 9184, but the file at 512. Make or copy it again.`,
    }),
  'tensors/ready': () => tensors(READY_TENSORS),
  'tensors/reading': () =>
    tensors({
      ...READY_TENSORS,
      scan: { state: 'running', done: 0, total: 0 },
      statistics: [],
      spectra: [],
    }),
  'tensors/compared': () => tensors({ ...READY_TENSORS, comparison: comparisonFixture() }),
  'tensors/failing': () =>
    tensors(
      {
        ...READY_TENSORS,
        scan: { state: 'failed', message: 'Nothing is executed in a workspace that is not trusted.' },
        statistics: [],
        spectra: [],
      },
      () => {
        throw new Error('Nothing is executed in a workspace that is not trusted.');
      },
    ),
  'run/loading': () => ({ ...run({}), [runView.connect.method]: never }),
  'run/misfit': () => ({ ...run({}), [runView.connect.method]: () => ({ target: 7 }) }),
  'run/empty': () =>
    run({ kind: 'empty', message: 'The run has not written anything yet; it is waiting for its turn.' }),
  'run/error': () =>
    run({
      kind: 'error',
      message: 'The run folder runs/20261124-093000-fine-tune-sketch-at-night was deleted.',
    }),
  'run/begun': () => run({ ...readyRun(0), curves: [], samples: [], log: [] }),
  'run/first-sample': () => {
    const { samples, ...state } = readyRun(330);
    return run({ ...state, samples: samples.slice(0, 1) });
  },
  'run/many-samples': () => {
    const { samples, ...state } = readyRun(330);
    // Flat, so that the animation of all of them is written at once.
    const uri = strip().toDataURL();
    const many = Array.from({ length: 201 }, (_, step) => ({ ...samples[0]!, uri, step }));
    return run({ ...state, samples: many });
  },
  'run/running': () => run(readyRun(330)),
  'run/overlaid': () => run({ ...readyRun(330), overlays: overlaidRuns(2) }),
  'run/six-runs': () => run({ ...readyRun(330), overlays: overlaidRuns(5) }),
  'run/long': () => run({ ...readyRun(330), curves: longCurves(100_000) }),
  'run/six-long-runs': () => {
    const curves = longCurves(100_000);
    return run({
      ...readyRun(330),
      curves,
      overlays: overlaidRuns(5).map((other) => ({ ...other, curves })),
    });
  },
  'run/damaged': () => run({ ...readyRun(330), damaged: { count: 7, lines: [12, 15, 18, 40, 41] } }),
  'run/succeeded': () => run(readyRun(500, HEADERS.succeeded)),
  'run/measured-nothing': () =>
    run({ ...readyRun(0, HEADERS.succeeded), curves: [], samples: [], artifacts: MANY_PAIRS }),
  'run/quickstart': () => run({ ...readyRun(330, HEADERS.quickstart), artifacts: MANY_PAIRS }),
  'run/failed': () => run(readyRun(330, HEADERS.failed)),
  'run/stopped': () => run(readyRun(330, HEADERS.stopped)),
};

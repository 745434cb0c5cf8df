import * as z from 'zod';
import { UserError } from '../../project/user-error.ts';
import { EXPORT_FORM_NAMES } from '../../protocol/export-forms.ts';
import { inertLine } from '../../protocol/inert-text.ts';
import { safeParse } from '../../protocol/safe-parse.ts';
import { MOST_AREA_SIDE, type OpenedParams, type ServeRequests } from '../../protocol/serve.ts';
import { PICTURE_DETAILS } from '../../protocol/stage-entry.ts';
import { PICTURE_SIDE } from '../../protocol/stage-options.ts';
import { BARS } from '../../protocol/statistics.ts';
import type { ServeHandlers, ServeMethod } from './server.ts';

/** No name or path contains a NUL character. */
const text = z.string().refine((value) => !value.includes('\0'), 'text must not contain a NUL character');
const bins = z.int().min(BARS.least).max(BARS.most);
const whole = z.int().min(0);
const project = { project: text };
const training = { ...project, training: text };
const concept = { ...training, concept: text };
const weights = { ...concept, weights: text, bins };
// How many steps there are depends on the training config.
const draw = { seed: whole, steps: z.number() };
const side = z.int().min(1);
const size = z.union([z.enum(['train', 'native']), z.int().min(PICTURE_SIDE.min).max(PICTURE_SIDE.max)]);
const detail = z.enum(PICTURE_DETAILS);
const translation = { ...concept, weights: text, image: text, size };
const streamed = { progressToken: z.number().optional() };

/** What each method accepts. */
const PARAMS: { readonly [M in ServeMethod]: z.ZodType<ServeRequests[M]['params']> } = {
  warmUp: z.object({ ...training, for: z.enum(['statistics', 'translation']), concept: text.optional() }),
  devices: z.object({ device: text, threads: whole }),
  sizes: z.object(training),
  describe: z.object(training),
  validate: z.object(project),
  translations: z.object(concept),
  translate: z.object(translation),
  thumbnail: z.object({ ...concept, image: text, side: side.max(MOST_AREA_SIDE) }),
  pictureArea: z.object({
    ...translation,
    weights: text.optional(),
    detail,
    area: z.object({ left: whole, top: whole, width: side, height: side }),
    width: side.max(MOST_AREA_SIDE),
    height: side.max(MOST_AREA_SIDE),
  }),
  saveTranslation: z.object({ ...translation, detail, output: text, ...streamed }),
  denoise: z.object({ ...concept, ...draw }),
  export: z.object({
    ...concept,
    weights: text,
    what: z.enum(EXPORT_FORM_NAMES),
    half: z.boolean(),
    output: text,
  }),
  statistics: z.object(weights),
  blockHistogram: z.object({ ...weights, block: whole }),
  trajectory: z.object({ ...concept, ...draw, bins }),
  tensorStatistics: z.object({ file: text, ...streamed }),
  tensorHistogram: z.object({ file: text, tensor: text, bins }),
  compareTensors: z.object({ file: text, second: text, ...streamed }),
};

const opened: z.ZodType<OpenedParams> = z.object({ projects: z.array(text), files: z.array(text) });

/** @throws UserError that names the notification, the key and the reason */
export function openedParams(params: unknown): OpenedParams {
  return parsed('opened', opened, params);
}

/** The same handlers, called only with parameters that fit their schemas. */
export function checkingParams(handlers: ServeHandlers): ServeHandlers {
  const checking = <M extends ServeMethod>(method: M): ServeHandlers[M] => {
    const handler = handlers[method];
    return (async (params, signal, report) =>
      handler(parsed(method, PARAMS[method], params), signal, report)) as ServeHandlers[M];
  };
  return Object.fromEntries(
    (Object.keys(handlers) as ServeMethod[]).map((method) => [method, checking(method)]),
  ) as ServeHandlers;
}

function parsed<T>(method: string, schema: z.ZodType<T>, params: unknown): T {
  const result = safeParse(schema, params);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const place = ['params', ...path].map(String).join('.');
  // The schema library uses the JavaScript name for what is missing.
  const wrong = message.replace(/, received undefined$/, ', and it is missing');
  const reason = inertLine(`${place}: ${wrong}`);
  throw new UserError(
    'bad-request',
    `The request ${method} cannot be answered: ${reason}. Its parameters are in src/protocol/serve.ts.`,
  );
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConcept, readTraining } from '../../src/project/files/project-files.ts';
import type { Problem } from '../../src/project/problem.ts';
import { hasWords } from '../../src/project/prompt-words.ts';
import { EFFECT_NAMES } from '../../src/project/schema/effects.ts';
import { trainingSchema } from '../../src/project/schema/training-schema.ts';
import { parseYaml } from '../../src/project/yaml/parse.ts';

const CONCEPT_FILE = '/project/concepts/snow.concept.yaml';
const TRAINING_FILE = '/project/main.training.yaml';

async function conceptProblems(text: string): Promise<Problem[]> {
  return (await readConcept(CONCEPT_FILE, async (file) => parseYaml(file, text))).problems;
}

async function trainingProblems(text: string): Promise<Problem[]> {
  return (await readTraining(TRAINING_FILE, async (file) => parseYaml(file, text))).problems;
}

/** `line:column-endLine:endColumn message remedy` */
const short = ({ line, column, endLine, endColumn, message, remedy }: Problem) =>
  `${line}:${column}-${endLine}:${endColumn} ${message} ${remedy}`;

const concept = (pairs: string) => `prompt: fresh snow\npairs:\n${pairs}`;
const effect = (step: string) => concept(`  source: ../images\n  target:\n    effect: ${step}\n`);

const EFFECTS = EFFECT_NAMES.join(', ');

describe('a mistake in a concept', () => {
  it.each<[string, string, string[]]>([
    [
      'a misspelt key',
      'promt: x\npairs: { source: a, target: { effect: snow } }\n',
      ['1:1-1:6 Unknown key `promt` at the top level. Did you mean `prompt`?'],
    ],
    [
      'a key of no kind',
      `${effect('snow')}colour: red\n`,
      ['6:1-6:7 Unknown key `colour` at the top level. Known keys here: name, prompt, tags, pairs.'],
    ],
    [
      'a missing prompt',
      'pairs: { source: a, target: { effect: snow } }\n',
      [
        '1:1-1:47 `prompt` is missing. Add `prompt:` A description of the edit. The weight generator is conditioned on this text.',
      ],
    ],
    [
      'a prompt that is a number',
      effect('snow').replace('fresh snow', '12'),
      ['1:9-1:11 `prompt` is 12; allowed: text of at most 300 characters. Quote the text: prompt: "12"'],
    ],
    ...['"!!!"', "'   '", '"🎨"', '""'].map((prompt): [string, string, string[]] => [
      `a prompt without words: ${prompt}`,
      effect('snow').replace('fresh snow', prompt),
      [
        `1:9-1:${9 + prompt.length} \`prompt\` is ${prompt.replace('   ', ' ')}; allowed: text with at least one word or number, such as make it snow. Use an allowed value.`,
      ],
    ]),
    [
      'a misspelt effect',
      effect('snoww'),
      [`5:13-5:18 \`pairs.target.effect\` is snoww; allowed: one of ${EFFECTS}. Did you mean snow?`],
    ],
    [
      'a misspelt effect with parameters',
      effect('{ pixelat: { cell: 8 } }'),
      ['5:15-5:22 Unknown key `pixelat` in `pairs.target.effect`. Did you mean `pixelate`?'],
    ],
    [
      'a misspelt effect in a list',
      effect('[snow, { fogg: { strength: 1 } }]'),
      ['5:22-5:26 Unknown key `fogg` in `pairs.target.effect[1]`. Did you mean `fog`?'],
    ],
    [
      'parameters out of range and unknown, in a list',
      effect('[snow, { pixelate: { cell: 900, size: 1 } }]'),
      [
        '5:40-5:43 `pairs.target.effect[1].pixelate.cell` is 900; allowed: a number from 1 to 64. Did you mean 64?',
        '5:45-5:49 Unknown key `size` in `pairs.target.effect[1].pixelate`. Known keys here: cell.',
      ],
    ],
    [
      'an effect without its parameters',
      effect('{ snow: }'),
      [
        '5:15-5:19 `pairs.target.effect.snow` has no value; allowed: a mapping with the keys strength. Use an allowed value, or remove the key.',
      ],
    ],
    [
      'two effects in one step',
      effect('{ snow: {}, fog: {} }'),
      [
        '5:13-5:34 `pairs.target.effect` is { snow: {}, fog: {} }; allowed: exactly one effect (for several, write a list with one effect per entry). Use an allowed value, or remove the key.',
      ],
    ],
    [
      'a colour that YAML takes for a comment',
      effect('\n      duotone:\n        dark: #1b1464\n'),
      [
        '7:9-7:13 `pairs.target.effect.duotone.dark` has no value; allowed: text. Quote the text: dark: "#1b1464"',
      ],
    ],
    [
      'a colour by name',
      effect('{ duotone: { dark: navy } }'),
      [
        '5:32-5:36 `pairs.target.effect.duotone.dark` is navy; allowed: a quoted color such as "#1b1464". Use an allowed value, or remove the key.',
      ],
    ],
    [
      'both ways to say the target',
      concept('  source: a\n  target: { effect: snow, folder: b }\n'),
      ['4:3-4:9 `pairs.target` must have either `effect` or `folder`, not both. Keep one of them.'],
    ],
    [
      'neither way to say the target',
      concept('  source: a\n  target: {}\n'),
      ['4:3-4:9 `pairs.target` must have either `effect` or `folder`. Add one of them.'],
    ],
    [
      'a target missing',
      concept('  source: a\n'),
      ['2:1-2:6 `pairs.target` is missing. Add `target:` The edited counterpart of each source image.'],
    ],
    [
      'a misspelt key among the pairs',
      concept('  sorce: a\n  target: { effect: snow }\n'),
      ['3:3-3:8 Unknown key `sorce` in `pairs`. Did you mean `source`?'],
    ],
    [
      'a key of the other layout',
      concept('  aligned: a\n  direction: AtoB\n  target: { effect: snow }\n'),
      ['5:3-5:9 Unknown key `target` in `pairs`. Known keys here: aligned, direction.'],
    ],
    [
      'a wrong direction',
      concept('  aligned: a\n  direction: AToB\n'),
      ['4:14-4:18 `pairs.direction` is AToB; allowed: one of AtoB, BtoA. Did you mean AtoB?'],
    ],
    [
      'a name that cannot be a file’s',
      `name: a/b\n${effect('snow')}`,
      [
        '1:7-1:10 `name` is a/b; allowed: up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit. Use an allowed value, or remove the key.',
      ],
    ],
    [
      'a list where a mapping is meant',
      '- prompt\n',
      [
        '1:1-1:9 The file is - prompt; allowed: a mapping with the keys name, prompt, tags, pairs. Use an allowed value.',
      ],
    ],
  ])('%s', async (_name, text, expected) => {
    expect((await conceptProblems(text)).map(short)).toEqual(expected);
  });
});

describe('a mistake in a training config', () => {
  it.each<[string, string, string[]]>([
    [
      'several mistakes at once, in the order of the text',
      'device: gpu\nimage: { size: 100, flip: yes, trian: 3 }\nfineTune:\n  batch_size: 4\n',
      [
        '1:9-1:12 `device` is gpu; allowed: one of auto, cpu, webgpu, cuda, directml, coreml, tfjs. Did you mean auto, cuda or webgpu?',
        '2:16-2:19 `image.size` is 100; allowed: a whole number from 16 to 1024, a multiple of 8. Did you mean 96?',
        '2:27-2:30 `image.flip` is yes; allowed: true or false. Did you mean true?',
        '2:32-2:37 Unknown key `trian` in `image`. Did you mean `train`?',
        '4:3-4:13 Unknown key `batch_size` in `fineTune`. Did you mean `batchSize`?',
      ],
    ],
    [
      'a number as text',
      'seed: "7"\n',
      ['1:7-1:10 `seed` is "7"; allowed: a whole number from 0 to 2147483647. Did you mean 7?'],
    ],
    [
      'a fraction where a whole number is meant',
      'threads: 2.5\n',
      ['1:10-1:13 `threads` is 2.5; allowed: a whole number from 0 to 256. Did you mean 2?'],
    ],
    [
      'infinity',
      'base: { learningRate: .inf }\n',
      ['1:23-1:27 `base.learningRate` is .inf; allowed: a number from 0 to 1. Did you mean 1?'],
    ],
    [
      'an empty section',
      'image:\nseed: 1\n',
      [
        '1:1-1:6 `image` has no value; allowed: a mapping with the keys size, fit, train, test, testOnly, flip, jitter, crop, maxFileSize. Use an allowed value, or remove the key.',
      ],
    ],
    [
      'a rank out of range',
      'lora: { ranks: { ds: 999 } }\n',
      ['1:22-1:25 `lora.ranks.ds` is 999; allowed: a whole number from 0 to 256. Did you mean 256?'],
    ],
    [
      'a misspelt key of a selection',
      'collect: { concepts: { inclde: [a] } }\n',
      ['1:24-1:30 Unknown key `inclde` in `collect.concepts`. Did you mean `include`?'],
    ],
    [
      'a merge key',
      'image: { <<: { size: 64 } }\n',
      [
        '1:10-1:12 Unknown key `<<` in `image`. YAML merge keys are not part of YAML 1.2; use `extends` instead.',
      ],
    ],
    [
      'an unknown preset',
      'extends: preset:fats\n',
      ['1:10-1:21 There is no preset `preset:fats`. Did you mean `preset:fast`?'],
    ],
    [
      'a baseline that is none',
      'evaluate: { baselines: [fresh, meen] }\n',
      [
        '1:32-1:36 `evaluate.baselines[1]` is meen; allowed: one of pix2pix, sameGenerator, fresh, mean, nearest, ridge. Did you mean mean?',
      ],
    ],
  ])('%s', async (_name, text, expected) => {
    expect((await trainingProblems(text)).map(short)).toEqual(expected);
  });

  it.each<[string, string]>([
    ['prompt: a photo: in snow', 'prompt: "a photo: in snow"'],
    ['prompt: - fog', 'prompt: "- fog"'],
    ['prompt: #112233', 'prompt: "#112233"'],
    ['prompt: 1900', 'prompt: "1900"'],
    ['prompt: true', 'prompt: "true"'],
    ['prompt: *fog*', 'prompt: "*fog*"'],
    ['prompt: @home, in fog', 'prompt: "@home, in fog"'],
    ['prompt: 50 % fog: thick # as seen', 'prompt: "50 % fog: thick"'],
  ])('text that has to be quoted: %s', async (line, quoted) => {
    const problems = await conceptProblems(`${line}\npairs: { source: a, target: { effect: snow } }\n`);
    expect(problems.map(({ remedy }) => remedy)).toEqual([`Quote the text: ${quoted}`]);
  });

  it.each<[string, string, string[]]>([
    [
      'one space too deep',
      'fineTune:\n  steps: 4\n   batchSize: 2\n',
      [
        '3:4-3:16 `batchSize` is indented deeper than `steps` on line 2, which has the value 4 already. Begin line 3 with 2 spaces, as line 2.',
      ],
    ],
    [
      'several lines too deep, of which one has keys below it',
      'seed: 3\n  fineTune:\n    steps: 4\n  image: { size: 32 }\n',
      [
        '2:3-2:12 `fineTune` is indented deeper than `seed` on line 1, which has the value 3 already. Begin line 2 with no spaces, as line 1.',
      ],
    ],
    [
      'in two places',
      'fineTune:\n  steps: 4\n   batchSize: 2\r\ncollect:\n  steps: 4\n    batchSize: 2',
      [
        '3:4-3:16 `batchSize` is indented deeper than `steps` on line 2, which has the value 4 already. Begin line 3 with 2 spaces, as line 2.',
        '6:5-6:17 `batchSize` is indented deeper than `steps` on line 5, which has the value 4 already. Begin line 6 with 2 spaces, as line 5.',
      ],
    ],
  ])('a key too deep: %s', async (_name, text, expected) => {
    expect((await trainingProblems(text)).map(short)).toEqual(expected);
  });

  it.each<[string, string]>([
    ['prompt: x\ntags: zoo, test\npairs: { aligned: a }\n', '[zoo, test]'],
    ["prompt: x\ntags: zoo, '#1\npairs: { aligned: a }\n", '[zoo, "\'#1"]'],
    [effect('fog, negative'), '[fog, negative]'],
    [effect('fogg,negative'), '[fog, negative]'],
    [effect('fog, negative,'), '[fog, negative]'],
  ])('names that were meant as a list: %j', async (text, meant) => {
    const [problem, ...others] = await conceptProblems(text);
    expect(others).toEqual([]);
    expect(problem!.replacements).toEqual([meant]);
    expect(problem!.remedy).toBe(`Did you mean ${meant}?`);
  });

  it('names that were meant as a list, in braces', async () => {
    const problems = await conceptProblems(
      concept('  source: a\n  target: { effect: fog, negative, sepia }\n'),
    );
    expect(problems.map(short)).toEqual([
      '4:26-4:34 Unknown key `negative` in `pairs.target`. Did you mean effect: [fog, negative]?',
      '4:36-4:41 Unknown key `sepia` in `pairs.target`. Did you mean effect: [fog, negative, sepia]?',
    ]);
    const others = await conceptProblems(
      concept('  source: a\n  target: { effect: fog, colour, negative: 3 }\n'),
    );
    expect(others.map(({ remedy }) => remedy)).toEqual(Array(2).fill('Known keys here: effect.'));
  });

  it('a text that was meant as a list does not list all names three times', async () => {
    expect((await conceptProblems(effect('fog, negative'))).map(short)).toEqual([
      '5:13-5:26 `pairs.target.effect` is fog, negative; allowed: one name, or a list of names. Did you mean [fog, negative]?',
    ]);
  });

  it.each<[string, string]>([
    ['collect: { holdOut: "fog, neg" }\n', '[fog, neg]'],
    ['collect:\n  concepts: fog, neg\n', '[fog, neg]'],
    ['collect:\n  concepts: { include: "a b, c" }\n', '[a b, c]'],
    ['evaluate:\n  baselines: fresh, mean\n', '[fresh, mean]'],
  ])('names in a training config that were meant as a list: %j', async (text, meant) => {
    expect((await trainingProblems(text)).map(({ remedy }) => remedy)).toEqual([`Did you mean ${meant}?`]);
  });

  it.each<[string, string, string[]]>([
    [
      'in braces',
      'prompt: x\npairs: { source: a, target: { effect: { duotone: { dark: #112233, light: #ffffff } } } }\ntags: [a]\n',
      [
        '2:58-2:81 A # after a space or bracket begins a comment: the rest of the line is not read, and a { before it stays open. Quote the text: dark: "#112233", light: "#ffffff"',
      ],
    ],
    [
      'in brackets, after a comment',
      'prompt: "a # b" # dark, in [#]\npairs: { aligned: a }\ntags: [#fog, b, #snow] # c\n',
      [
        '3:8-3:22 A # after a space or bracket begins a comment: the rest of the line is not read, and a [ before it stays open. Quote the text: "#fog", b, "#snow"',
      ],
    ],
    [
      'a comment that is one, in brackets that are not closed',
      'prompt: x\ntags: [a, # first, of two\n  b\npairs: { aligned: a }\n',
      [
        '4:1-4:2 Flow sequence in block collection must be sufficiently indented and end with a ]. Give the keys of one mapping the same indentation.',
      ],
    ],
  ])('a # that begins a text: %s', async (_name, text, expected) => {
    expect((await conceptProblems(text)).map(short)).toEqual(expected);
  });

  it('the quick fix of a # in braces makes the file valid', async () => {
    const text = (target: string) => `prompt: x\npairs: { source: a, target: { effect: ${target} } }\n`;
    const [problem] = await conceptProblems(text('{ duotone: { dark: #112233, light: #ffffff } }'));
    expect(problem!.replacements).toEqual(['"#112233", light: "#ffffff"']);
    expect(await conceptProblems(text(`{ duotone: { dark: ${problem!.replacements[0]} } }`))).toEqual([]);
  });

  it('a key too deep after a text of several words may be part of that text', async () => {
    const problems = await conceptProblems('prompt: fresh snow\n  tags: [a]\npairs: { aligned: a }\n');
    expect(problems.map(short)).toEqual([
      '2:3-2:12 `tags` is indented deeper than `prompt` on line 1, which has the value fresh snow already. Begin line 2 with no spaces, as line 1; if it is part of the text above, quote the whole text.',
    ]);
  });

  it('text that YAML reads as a key, a number or anything else is accepted once it is quoted as the remedy says', async () => {
    const sign = fc.constantFrom(
      ':',
      ': ',
      '- ',
      '#',
      ' #',
      '@',
      '*',
      '!',
      '%',
      '`',
      '| ',
      '? ',
      '& ',
      ',',
      '1',
      ' ',
      'fog',
    );
    const prompts = fc.array(sign, { minLength: 1, maxLength: 6 }).map((signs) => signs.join('').trim());
    const text = (prompt: string) => `prompt: ${prompt}\npairs: { source: a, target: { effect: snow } }\n`;
    await fc.assert(
      fc.asyncProperty(prompts, async (prompt) => {
        for (const { remedy } of await conceptProblems(text(prompt))) {
          const [, quoted] = /uote the text: prompt: (".*?[^\\]");?/.exec(remedy) ?? [];
          if (quoted === undefined || !hasWords(JSON.parse(quoted))) continue;
          expect(await conceptProblems(text(quoted))).toEqual([]);
        }
      }),
    );
  });

  it('a comment that looks like a part of the prompt', async () => {
    const found = await conceptProblems(effect('snow').replace('fresh snow', 'picture #1 in snow'));
    expect(found.map(short)).toEqual([
      '1:9-1:16 A # after a space begins a comment: `#1 in snow` is not part of the prompt. To make it part of the prompt, quote the text: prompt: "picture #1 in snow"; otherwise, put a space after the #.',
    ]);
    expect(await conceptProblems(effect('snow').replace('fresh snow', 'fog # thick'))).toEqual([]);
  });

  it.each<[string, string, string[]]>([
    ['extends: preset: fast', 'Write it without the space: extends: preset:fast', ['preset:fast']],
    ['collect: { learningRate: 0,0001 }', 'Write 0.0001.', ['0.0001']],
    ['collect: { steps: 1,000, batchSize: 2 }', 'Write 1000.', ['1000']],
    ['collect: { steps: 1,000,000 }', 'Write 1000000.', ['1000000']],
    ['collect:\n  learningRate: 0,0001', 'Did you mean 0.0001?', ['0.0001']],
    ['collect:\n  steps: 1,000', 'Did you mean 1000?', ['1000']],
    ['collect: { steps: 5k }', 'Did you mean 5000?', ['5000']],
    ['device: mps', 'Did you mean webgpu or coreml?', ['webgpu', 'coreml']],
    ['device: cuda:0', 'Did you mean cuda?', ['cuda']],
    ['collect: { concepts: fog }', 'Did you mean [fog]?', ['[fog]']],
    ['collect: { holdOut: fog }', 'Did you mean [fog]?', ['[fog]']],
  ])('%s', async (text, remedy, replacements) => {
    const problems = await trainingProblems(`${text}\n`);
    expect(problems.map((problem) => [problem.remedy, problem.replacements])).toEqual([
      [remedy, replacements],
    ]);
  });

  it('a number with a comma is the number with a point, whatever its digits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9999 }), async (digits) => {
        for (const rate of [`{ learningRate: 0,${digits} }`, `\n  learningRate: 0,${digits}`]) {
          const [problem] = await trainingProblems(`collect: ${rate}\n`);
          expect(Number(problem!.replacements[0])).toBe(Number(`0.${digits}`));
        }
      }),
    );
  });

  it('says file, key, what stands there, what may, and what fixes it', async () => {
    const [problem] = await trainingProblems('image: { size: 100 }\n');
    expect(problem).toMatchObject({
      file: TRAINING_FILE,
      key: 'image.size',
      found: '100',
      allowed: 'a whole number from 16 to 1024, a multiple of 8',
      kind: 'invalid-value',
      severity: 'error',
      replacements: ['96', '104'],
    });
  });
});

describe('a mapping with a length that cannot be compared', () => {
  const odd = '{ length: { toString: 1, valueOf: 1 } }';

  it('in place of any text of a concept is told of at its line', async () => {
    expect((await conceptProblems(effect('snow').replace('fresh snow', odd))).map(short)).toEqual([
      `1:9-1:48 \`prompt\` is ${odd}; allowed: text of at most 300 characters. Use an allowed value.`,
    ]);
    expect(await conceptProblems(`${effect('snow')}tags: ${odd}\n`)).toMatchObject([{ line: 6 }]);
    expect(await conceptProblems(effect(odd))).toMatchObject([{ line: 5 }]);
  });

  /** Every key of a config with its section, as `section: {key` and `}` around the value. */
  const places = Object.entries(trainingSchema.parse({})).flatMap(([key, value]) => [
    [`${key}: `, ''],
    ...(typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.keys(value).map((inner) => [`${key}: { ${inner}: `, ' }'])
      : []),
  ]);

  it.each(places)('in a training config at %s', async (before, after) => {
    expect(await trainingProblems(`${before}${odd}${after}\n`)).not.toEqual([]);
  });
});

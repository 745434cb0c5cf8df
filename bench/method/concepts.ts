/** The concepts of the benchmark: a zoo, validation concepts for choosing settings, and test concepts. */

/** An effect chain as in a concept file. */
type Effects = readonly (string | Readonly<Record<string, Readonly<Record<string, number | string>>>>)[];

/**
 * How far a test concept's prompt is from the zoo's:
 * - `combination`: words that occur in the zoo, but never together;
 * - `strength`: a word of strength that occurs in the zoo, next to a word that it never accompanies there;
 * - `word`: a look whose word occurs in no zoo prompt;
 * - `ambiguous`: a prompt that several zoo concepts share, each with its own look; the test concept has yet another
 * look.
 */
export const DISTANCES = ['combination', 'strength', 'word', 'ambiguous'] as const;
export type Distance = (typeof DISTANCES)[number];

export interface BenchConcept {
  readonly name: string;
  readonly prompt: string;
  readonly effects: Effects;
  readonly role: 'zoo' | 'validation' | 'test';
  readonly distance?: Distance;
}

interface Look {
  readonly word: string;
  readonly effects: Effects;
}

/** Ways of making an image. */
const STYLES: Readonly<Record<string, Look>> = {
  photo: { word: 'photo', effects: [] },
  pencil: { word: 'pencil sketch', effects: ['pencilSketch'] },
  sepia: { word: 'sepia print', effects: ['sepia'] },
  negative: { word: 'negative', effects: ['negative'] },
  poster: { word: 'posterized picture', effects: [{ posterize: { levels: 4 } }] },
  pixel: { word: 'pixelated picture', effects: [{ pixelate: { cell: 21 } }] },
  grey: { word: 'grey picture', effects: ['grayscale'] },
  oil: { word: 'painting', effects: [{ oil: { radius: 8 } }] },
  halftone: { word: 'halftone', effects: [{ halftone: { cell: 21 } }] },
};

interface Scene {
  readonly words: string;
  readonly effect: string;
  readonly strength: number;
}

/** What the scene looks like. */
const SCENES: Readonly<Record<string, Scene>> = {
  snow: { words: 'in the snow', effect: 'snow', strength: 0.6 },
  fog: { words: 'in the fog', effect: 'fog', strength: 0.6 },
  dusk: { words: 'at dusk', effect: 'dusk', strength: 0.7 },
  night: { words: 'at night', effect: 'night', strength: 0.7 },
  vignette: { words: 'with dark corners', effect: 'vignette', strength: 0.7 },
};

const STRENGTHS = { slightly: 0.5, strongly: 1.35 } as const;
type Strength = keyof typeof STRENGTHS;

/** Pairs of words that never occur together in a zoo prompt, at any strength. */
const TEST_PAIRS = [
  'sepia fog',
  'negative snow',
  'pixel night',
  'oil dusk',
  'pencil night',
  'poster fog',
  'halftone snow',
  'grey dusk',
] as const;
const VALIDATION_PAIRS = ['sepia night', 'pencil fog', 'negative dusk', 'poster snow'] as const;
/** Strengths that never accompany these scenes in a zoo prompt. */
const TEST_STRENGTHS: readonly (readonly [Strength, string])[] = [
  ['slightly', 'night'],
  ['strongly', 'vignette'],
  ['slightly', 'dusk'],
];
const TEST_WORDS: readonly (readonly [string, Look])[] = [
  ['solarized', { word: 'solarized picture', effects: ['solarize'] }],
  ['embossed', { word: 'embossed relief', effects: ['emboss'] }],
  ['warm', { word: 'warmly toned picture', effects: [{ tone: { hue: 25, saturation: 1.6 } }] }],
];
/** Colors of shadows and highlights, which the prompt does not specify. */
const TWO_COLORS: readonly (readonly [dark: string, light: string])[] = [
  ['#1b1464', '#f9d423'],
  ['#3d0c11', '#f7c6c7'],
  ['#06302b', '#d7f2ba'],
  ['#2b1055', '#9be8f0'],
  ['#331d00', '#ffb347'],
  ['#0b2545', '#eef4ed'],
];
const TEST_TWO_COLORS: typeof TWO_COLORS = [
  ['#0f2f57', '#ffd9a0'],
  ['#2f0a3f', '#f3e98a'],
  ['#123524', '#f6c1cf'],
];

function concept(
  name: string,
  style: Look,
  scene: string | undefined,
  strength: Strength | undefined,
  rest: Pick<BenchConcept, 'role' | 'distance'>,
): BenchConcept {
  const { words, effect, strength: usual } = scene ? SCENES[scene]! : { words: '', effect: '', strength: 0 };
  const amount = Math.min(1, Number((usual * (strength ? STRENGTHS[strength] : 1)).toFixed(3)));
  return {
    name,
    prompt: [/^[aeiou]/.test(style.word) ? 'an' : 'a', style.word, strength, words].filter(Boolean).join(' '),
    // First the look of the scene, then the style of the image.
    effects: [...(scene ? [{ [effect]: { strength: amount } }] : []), ...style.effects],
    ...rest,
  };
}

function pairConcept(pair: string, rest: Pick<BenchConcept, 'role' | 'distance'>): BenchConcept {
  const [style, scene] = pair.split(' ') as [string, string];
  return concept(`${style}-${scene}`, STYLES[style]!, scene, undefined, rest);
}

function twoColors(name: string, colors: (typeof TWO_COLORS)[number], role: 'zoo' | 'test'): BenchConcept {
  const [dark, light] = colors;
  return {
    name,
    prompt: 'a print in two colours',
    effects: [{ duotone: { dark, light } }],
    role,
    ...(role === 'test' && { distance: 'ambiguous' }),
  };
}

function zooConcepts(): BenchConcept[] {
  const held = new Set<string>([...TEST_PAIRS, ...VALIDATION_PAIRS]);
  const heldStrengths = new Set(TEST_STRENGTHS.map(([strength, scene]) => `${strength} ${scene}`));
  const found: BenchConcept[] = [];
  for (const [styleName, style] of Object.entries(STYLES)) {
    if (styleName !== 'photo') found.push(concept(styleName, style, undefined, undefined, { role: 'zoo' }));
    for (const scene of Object.keys(SCENES)) {
      if (held.has(`${styleName} ${scene}`)) continue;
      found.push(concept(`${styleName}-${scene}`, style, scene, undefined, { role: 'zoo' }));
      for (const strength of Object.keys(STRENGTHS) as Strength[]) {
        // Strengths accompany photos, and every other style in turn.
        const turn = (Object.keys(STYLES).indexOf(styleName) + Object.keys(SCENES).indexOf(scene)) % 4;
        const taken = styleName === 'photo' || turn === (strength === 'slightly' ? 0 : 2);
        if (!taken || heldStrengths.has(`${strength} ${scene}`)) continue;
        found.push(concept(`${styleName}-${scene}-${strength}`, style, scene, strength, { role: 'zoo' }));
      }
    }
  }
  return [...found, ...TWO_COLORS.map((colors, i) => twoColors(`two-colours-${i + 1}`, colors, 'zoo'))];
}

export function benchConcepts(): BenchConcept[] {
  return [
    ...zooConcepts(),
    ...VALIDATION_PAIRS.map((pair) => pairConcept(pair, { role: 'validation' })),
    ...TEST_PAIRS.map((pair) => pairConcept(pair, { role: 'test', distance: 'combination' })),
    ...TEST_STRENGTHS.map(([strength, scene]) =>
      concept(`photo-${scene}-${strength}`, STYLES.photo!, scene, strength, {
        role: 'test',
        distance: 'strength',
      }),
    ),
    ...TEST_WORDS.map(([name, look]) =>
      concept(name, look, undefined, undefined, { role: 'test', distance: 'word' }),
    ),
    ...TEST_TWO_COLORS.map((colors, i) => twoColors(`two-colours-new-${i + 1}`, colors, 'test')),
  ];
}

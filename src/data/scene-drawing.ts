import type { Random } from './random.ts';

/**
 * Draws one landscape as an SVG document: sky, sun, clouds, mountains, hills, and sometimes water, houses, a town, trees, a
 * path, fields and flowers, in varied colors. Only `random` determines the picture.
 * @param width in pixels
 * @param height in pixels
 */
export function drawScene(random: Random, width: number, height: number): string {
  const scene = new Scene(random, width, height);
  scene.sky();
  if (random.uniform() < 0.6) scene.mountains();
  const town = random.uniform() < 0.25;
  if (town) scene.town();
  scene.hills();
  const water = random.uniform() < 0.4;
  if (water) scene.water();
  else if (random.uniform() < 0.5) scene.path();
  scene.trees(2 + random.int(7));
  const houses = town ? random.int(2) : random.int(4);
  for (let i = 0; i < houses; i++) scene.house();
  scene.trees(random.int(4));
  if (!water) scene.flowers();
  return scene.document();
}

interface Hsl {
  /** Degrees. */
  readonly hue: number;
  /** Percent. */
  readonly saturation: number;
  readonly lightness: number;
}

/** Colors of the sky: at the top and at the horizon. */
const SKIES: readonly (readonly [Hsl, Hsl])[] = [
  [hsl(212, 65, 50), hsl(200, 60, 84)],
  [hsl(205, 75, 62), hsl(195, 50, 90)],
  [hsl(220, 45, 40), hsl(30, 70, 80)],
  [hsl(215, 15, 62), hsl(210, 12, 82)],
  [hsl(195, 55, 48), hsl(50, 70, 86)],
  [hsl(230, 40, 55), hsl(340, 45, 85)],
];
/** Colors of the ground: meadow, wood, straw, heath, sand, spring. */
const GROUNDS: readonly Hsl[] = [
  hsl(95, 42, 40),
  hsl(130, 30, 28),
  hsl(48, 55, 55),
  hsl(30, 30, 36),
  hsl(42, 45, 68),
  hsl(75, 55, 48),
];
const WALLS: readonly Hsl[] = [
  hsl(40, 40, 86),
  hsl(10, 45, 55),
  hsl(48, 65, 65),
  hsl(200, 30, 65),
  hsl(0, 0, 92),
  hsl(25, 35, 45),
];
const ROOFS: readonly Hsl[] = [hsl(12, 60, 40), hsl(220, 12, 32), hsl(25, 40, 28), hsl(350, 45, 35)];
const LEAVES: readonly Hsl[] = [
  hsl(110, 45, 28),
  hsl(85, 50, 38),
  hsl(150, 35, 24),
  hsl(35, 75, 45),
  hsl(18, 70, 42),
];
const FLOWERS: readonly Hsl[] = [hsl(350, 80, 55), hsl(50, 90, 60), hsl(280, 50, 60), hsl(0, 0, 96)];

function hsl(hue: number, saturation: number, lightness: number): Hsl {
  return { hue, saturation, lightness };
}

function css({ hue, saturation, lightness }: Hsl): string {
  return `hsl(${hue.toFixed(0)},${saturation.toFixed(0)}%,${lightness.toFixed(0)}%)`;
}

type Point = readonly [number, number];

/** The shapes of a picture, from back to front. The unit of length is one hundredth of the picture's height. */
class Scene {
  readonly #random: Random;
  readonly #pixels: Point;
  readonly #width: number;
  readonly #shapes: string[] = [];
  readonly #horizon: number;
  readonly #sky: readonly [Hsl, Hsl];
  readonly #ground: Hsl;

  constructor(random: Random, width: number, height: number) {
    this.#random = random;
    this.#pixels = [width, height];
    this.#width = (100 * width) / height;
    this.#horizon = this.#between(38, 62);
    const [top, bottom] = this.#pick(SKIES);
    this.#sky = [this.#vary(top), this.#vary(bottom)];
    this.#ground = this.#vary(this.#pick(GROUNDS));
  }

  document(): string {
    const [width, height] = this.#pixels;
    const [top, bottom] = this.#sky;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" `,
      `viewBox="0 0 ${this.#width.toFixed(2)} 100" preserveAspectRatio="none">`,
      '<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">',
      `<stop offset="0" stop-color="${css(top)}"/><stop offset="1" stop-color="${css(bottom)}"/>`,
      '</linearGradient><filter id="grain" x="0" y="0" width="1" height="1">',
      `<feTurbulence type="fractalNoise" baseFrequency="0.35 0.5" numOctaves="2" seed="${this.#random.int(1000)}"/>`,
      '<feColorMatrix values="0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  0 0 0 1.2 -0.6"/>',
      '<feComposite in2="SourceGraphic" operator="in"/><feMerge><feMergeNode in="SourceGraphic"/><feMergeNode/>',
      '</feMerge></filter></defs>',
      ...this.#shapes,
      '</svg>',
    ].join('');
  }

  sky(): void {
    this.#rectangle(0, 0, this.#width, this.#horizon + 12, 'url(#sky)');
    if (this.#random.uniform() < 0.6) {
      const [x, y, radius] = [
        this.#between(0.1, 0.9) * this.#width,
        this.#between(8, this.#horizon * 0.6),
        this.#between(4, 9),
      ];
      for (const [factor, opacity] of [
        [2.6, 0.15],
        [1.7, 0.3],
        [1, 1],
      ] as const) {
        this.#circle(x, y, radius * factor, css(hsl(this.#between(38, 55), 95, 78)), opacity);
      }
    }
    const clouds = this.#random.int(4);
    for (let i = 0; i < clouds; i++) {
      const [x, y, size] = [
        this.#between(0, 1) * this.#width,
        this.#between(6, this.#horizon * 0.7),
        this.#between(3, 8),
      ];
      for (let puff = 0; puff < 5; puff++) {
        const rise = this.#between(-0.3, 0.2) * size;
        this.#ellipse(
          x + (puff - 2) * size,
          y + rise,
          size * this.#between(0.8, 1.4),
          size * 0.6,
          'white',
          0.75,
        );
      }
    }
  }

  mountains(): void {
    const layers = 1 + this.#random.int(2);
    for (let layer = 0; layer < layers; layer++) {
      const near = (layer + 1) / layers;
      const height = this.#between(14, 30) * (1.2 - 0.4 * near);
      const color = hsl(this.#sky[0].hue + this.#between(-15, 15), 15 + 15 * near, 68 - 26 * near);
      this.#polygon(this.#ridge(height, 24, 0.9), css(color));
    }
  }

  town(): void {
    for (let x = -2; x < this.#width; ) {
      const [width, height] = [this.#between(5, 12), this.#between(8, 34)];
      const top = this.#horizon + 6 - height;
      const wall = this.#vary(this.#pick(WALLS), 12);
      this.#rectangle(x, top, width, height + 6, css({ ...wall, saturation: wall.saturation * 0.5 }));
      this.#rectangle(x + width * 0.75, top, width * 0.25, height + 6, 'black', 0.18);
      for (let wy = top + 2; wy < this.#horizon + 2; wy += 4) {
        for (let wx = x + 1; wx < x + width - 2; wx += 2.6) this.#window(wx, wy, 1.3, 2);
      }
      x += width * this.#between(0.85, 1.3);
    }
  }

  hills(): void {
    const layers = 2 + this.#random.int(2);
    for (let layer = 0; layer < layers; layer++) {
      const depth = layer / layers;
      const base = this.#horizon + 3 + depth * (90 - this.#horizon);
      const color = this.#vary(
        { ...this.#ground, lightness: this.#ground.lightness + 14 * (0.5 - depth) },
        10,
      );
      const points = this.#ridge(this.#between(3, 9), 3 + this.#random.int(4), 0.5, base);
      this.#shapes.push(`<path d="${smoothPath(points)}" fill="${css(color)}" filter="url(#grain)"/>`);
      if (this.#random.uniform() < 0.35)
        this.#furrows(base + 4, css({ ...color, lightness: color.lightness - 12 }));
    }
  }

  water(): void {
    const [top, bottom] = [this.#between(this.#horizon + 8, 76), this.#between(86, 101)];
    const color = hsl(this.#sky[0].hue + this.#between(-10, 10), 45, this.#between(38, 58));
    const center = this.#between(0.2, 0.8) * this.#width;
    const reach = this.#between(0.5, 1.1) * this.#width;
    this.#ellipse(center, (top + bottom) / 2, reach, (bottom - top) / 2, css(color), 1);
    for (let i = 0; i < 14; i++) {
      const y = this.#between(top + 2, bottom - 2);
      const x = center + this.#between(-0.6, 0.6) * reach;
      this.#rectangle(
        x,
        y,
        this.#between(4, 14),
        0.7,
        css({ ...color, lightness: color.lightness + 22 }),
        0.7,
      );
    }
    if (this.#random.uniform() < 0.5) this.#boat(center, (top + bottom) / 2);
  }

  path(): void {
    const [x, bend] = [this.#between(0.25, 0.75) * this.#width, this.#between(-22, 22)];
    const [far, wide] = [this.#horizon + 8, this.#between(6, 14)];
    const color = css(hsl(this.#between(28, 45), this.#between(10, 35), this.#between(55, 75)));
    const left = `M${x},${far} C${x + bend},${far + 12} ${x - bend},80 ${x - wide},101`;
    const right = `L${x + wide},101 C${x - bend + wide},80 ${x + bend + 2},${far + 12} ${x + 1},${far} Z`;
    this.#shapes.push(`<path d="${left} ${right}" fill="${color}"/>`);
  }

  trees(count: number): void {
    const conifer = this.#random.uniform() < 0.5;
    const leaves = this.#pick(LEAVES);
    const feet = Array.from({ length: count }, () => this.#between(this.#horizon + 8, 97)).sort(
      (a, b) => a - b,
    );
    for (const foot of feet) {
      const size = 8 + (26 * (foot - this.#horizon)) / (100 - this.#horizon);
      const x = this.#between(0, 1) * this.#width;
      const color = this.#vary(leaves, 10);
      this.#ellipse(x + size * 0.15, foot, size * 0.35, size * 0.06, 'black', 0.25);
      this.#rectangle(x - size * 0.04, foot - size * 0.4, size * 0.08, size * 0.4, 'hsl(25,35%,25%)');
      if (conifer) this.#conifer(x, foot, size, color);
      else this.#crown(x, foot, size, color);
    }
  }

  house(): void {
    const foot = this.#between(this.#horizon + 10, 94);
    const size = 8 + (24 * (foot - this.#horizon)) / (100 - this.#horizon);
    const x = this.#between(0, 0.85) * this.#width;
    const [width, height] = [size * this.#between(0.9, 1.5), size * this.#between(0.55, 0.8)];
    const top = foot - height;
    const roof = css(this.#vary(this.#pick(ROOFS), 8));
    const ridge = size * this.#between(0.35, 0.6);
    this.#rectangle(x, top, width, height, css(this.#vary(this.#pick(WALLS), 8)));
    this.#rectangle(x + width * 0.7, top, width * 0.3, height, 'black', 0.15);
    if (this.#random.uniform() < 0.5) {
      this.#rectangle(x + width * 0.72, top - ridge, width * 0.1, ridge * 0.9, 'hsl(10,30%,35%)');
    }
    this.#polygon(
      [
        [x - size * 0.08, top],
        [x + width * 0.2, top - ridge],
        [x + width * 0.8, top - ridge],
        [x + width + size * 0.08, top],
      ],
      roof,
    );
    const pane = size * 0.16;
    for (const at of [0.12, 0.72]) this.#window(x + width * at, top + height * 0.25, pane, pane * 1.2);
    this.#rectangle(x + width * 0.43, foot - height * 0.55, size * 0.17, height * 0.55, 'hsl(20,45%,24%)');
  }

  flowers(): void {
    if (this.#random.uniform() < 0.4) return;
    const color = css(this.#pick(FLOWERS));
    for (let i = 0; i < 40; i++) {
      this.#circle(
        this.#between(0, 1) * this.#width,
        this.#between(80, 100),
        this.#between(0.5, 1.1),
        color,
        1,
      );
    }
  }

  #conifer(x: number, foot: number, size: number, color: Hsl): void {
    for (let tier = 0; tier < 3; tier++) {
      const [top, half] = [foot - size * (1 - 0.22 * tier), size * (0.16 + 0.08 * tier)];
      const shade = css({ ...color, lightness: color.lightness + 4 * (1 - tier) });
      this.#polygon(
        [
          [x, top],
          [x - half, top + size * 0.38],
          [x + half, top + size * 0.38],
        ],
        shade,
      );
    }
  }

  #crown(x: number, foot: number, size: number, color: Hsl): void {
    const middle = foot - size * 0.65;
    const lit = css({ ...color, lightness: color.lightness + 12 });
    for (const [dx, dy, radius] of [
      [-0.2, 0.08, 0.22],
      [0.2, 0.08, 0.22],
      [0, -0.12, 0.28],
    ] as const) {
      this.#circle(x + dx * size, middle + dy * size, radius * size, css(color), 1);
    }
    this.#circle(x - 0.1 * size, middle - 0.2 * size, 0.14 * size, lit, 0.8);
  }

  #boat(x: number, y: number): void {
    this.#polygon(
      [
        [x - 6, y],
        [x + 6, y],
        [x + 4, y + 2.5],
        [x - 4, y + 2.5],
      ],
      'hsl(15,50%,30%)',
    );
    this.#polygon(
      [
        [x, y - 12],
        [x, y - 1],
        [x + 6, y - 1],
      ],
      'hsl(40,30%,94%)',
    );
  }

  #window(x: number, y: number, width: number, height: number): void {
    const lit = this.#random.uniform() < 0.35;
    this.#rectangle(x, y, width, height, lit ? 'hsl(46,95%,72%)' : 'hsl(210,30%,28%)');
  }

  #furrows(top: number, color: string): void {
    const lean = this.#between(-20, 20);
    for (let x = -20; x < this.#width + 20; x += 7) {
      this.#shapes.push(
        `<path d="M${x},${top} L${x + lean + (x - this.#width / 2) * 0.6},101" stroke="${color}" stroke-opacity="0.5"/>`,
      );
    }
  }

  /** An outline from the left edge to the right one and around the bottom of the picture. */
  #ridge(height: number, steps: number, roughness: number, base = this.#horizon + 8): Point[] {
    const points: Point[] = [];
    let rise = this.#between(0, height);
    for (let i = 0; i <= steps; i++) {
      rise = Math.min(height, Math.max(0, rise + this.#between(-1, 1) * height * roughness));
      points.push([((i / steps) * 1.1 - 0.05) * this.#width, base - rise]);
    }
    return [...points, [this.#width * 1.05, 101], [-0.05 * this.#width, 101]];
  }

  #polygon(points: readonly Point[], fill: string): void {
    const list = points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' ');
    this.#shapes.push(`<polygon points="${list}" fill="${fill}"/>`);
  }

  #rectangle(x: number, y: number, width: number, height: number, fill: string, opacity = 1): void {
    const place = `x="${x.toFixed(2)}" y="${y.toFixed(2)}" width="${width.toFixed(2)}" height="${height.toFixed(2)}"`;
    this.#shapes.push(`<rect ${place} fill="${fill}" fill-opacity="${opacity}"/>`);
  }

  #circle(x: number, y: number, radius: number, fill: string, opacity: number): void {
    this.#ellipse(x, y, radius, radius, fill, opacity);
  }

  #ellipse(x: number, y: number, rx: number, ry: number, fill: string, opacity: number): void {
    const place = `cx="${x.toFixed(2)}" cy="${y.toFixed(2)}" rx="${rx.toFixed(2)}" ry="${ry.toFixed(2)}"`;
    this.#shapes.push(`<ellipse ${place} fill="${fill}" fill-opacity="${opacity}"/>`);
  }

  #between(low: number, high: number): number {
    return low + (high - low) * this.#random.uniform();
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#random.int(choices.length)]!;
  }

  #vary({ hue, saturation, lightness }: Hsl, spread = 8): Hsl {
    return hsl(
      hue + this.#between(-spread, spread),
      saturation * this.#between(0.8, 1.2),
      lightness + this.#between(-spread, spread) * 0.6,
    );
  }
}

/** A curve through the middles of the outline's upper sides, straight along the bottom. */
function smoothPath(points: readonly Point[]): string {
  const upper = points.slice(0, -2);
  const commands = [`M${upper[0]![0]},${upper[0]![1]}`];
  for (let i = 1; i < upper.length; i++) {
    const [[x0, y0], [x1, y1]] = [upper[i - 1]!, upper[i]!];
    commands.push(`Q${x0},${y0} ${(x0 + x1) / 2},${(y0 + y1) / 2}`);
  }
  const rest = [upper.at(-1)!, ...points.slice(-2)].map(([x, y]) => `L${x},${y}`);
  return [...commands, ...rest, 'Z'].join(' ');
}

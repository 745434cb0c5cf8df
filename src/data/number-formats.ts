/** Floating-point formats that are narrower than float32, as their bits. */

/** IEEE 754 binary16: 5 bits of exponent, 10 of fraction. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** The bits of the nearest binary16, ties to even; what is too large becomes infinite. */
export function numberToHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  // Half a step above the largest value, 65504.
  if (size >= 65_520) return sign | 0x7c00;
  // Steps between values: of the exponent's power of two, or of subnormal ones.
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.max(size, 2 ** -24))));
  const steps = roundedToEven(size / 2 ** (exponent - 10));
  // 1024 steps carry into the exponent by themselves, and subnormal values have no leading one.
  return sign | (steps + (exponent + 14) * 1024);
}

function roundedToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** bfloat16 is the upper half of a float32. */
export function bfloat16ToNumber(bits: number): number {
  word[0] = bits << 16;
  return float[0]!;
}

/**
 * FP8 E4M3: 4 bits of exponent, 3 of fraction; no infinity, and a single NaN of each sign, with all bits set (Micikevicius
 * et al. 2022, "FP8 Formats for Deep Learning").
 */
export function float8E4M3ToNumber(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 0xf;
  const fraction = bits & 0x7;
  if (exponent === 0) return sign * fraction * 2 ** -9;
  if (exponent === 0xf && fraction === 0x7) return Number.NaN;
  return sign * (1 + fraction / 8) * 2 ** (exponent - 7);
}

/** FP8 E5M2: 5 bits of exponent, 2 of fraction; the upper half of a binary16. */
export function float8E5M2ToNumber(bits: number): number {
  return halfToNumber(bits << 8);
}

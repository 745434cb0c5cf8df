/**
 * Weighted sums of runs of values (src/data/effects/gaussian.ts), sixteen at a time. AssemblyScript: this file is compiled to
 * WebAssembly, in whose memory everything lies.
 * @param weights address of `count` weights, float32
 * @param starts address of `count` distances in bytes, int32: run k begins that far after `values`
 * @param values address of the values, float32
 * @param result address of the sums, float32
 * @param length how many sums; they are rounded up to a multiple of 16, and so are the values that are read
 */
export function weightedSums(
  weights: usize,
  starts: usize,
  count: i32,
  values: usize,
  result: usize,
  length: i32,
): void {
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 64) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let k: usize = 0; k < <usize>count; k++) {
      const weight = v128.load32_splat(weights + (k << 2));
      const from = values + <usize>load<i32>(starts + (k << 2)) + at;
      a = f32x4.add(a, f32x4.mul(weight, v128.load(from)));
      b = f32x4.add(b, f32x4.mul(weight, v128.load(from, 16)));
      c = f32x4.add(c, f32x4.mul(weight, v128.load(from, 32)));
      d = f32x4.add(d, f32x4.mul(weight, v128.load(from, 48)));
    }
    v128.store(result + at, a);
    v128.store(result + at, b, 16);
    v128.store(result + at, c, 32);
    v128.store(result + at, d, 48);
  }
}

/**
 * One update of Adam (src/compute/optimizer/adam.ts), in place, four values at a time. AssemblyScript: this file is
 * compiled to WebAssembly, in whose memory the four vectors lie.
 * @param values,moment1,moment2,gradient addresses in bytes, multiples of 16
 * @param count how many values, a multiple of 4
 */
export function adam(
  values: usize,
  moment1: usize,
  moment2: usize,
  gradient: usize,
  count: i32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  step: f32,
  scale: f32,
  decay: f32,
  epsilon: f32,
): void {
  const beta1s = f32x4.splat(beta1);
  const rest1s = f32x4.splat(rest1);
  const beta2s = f32x4.splat(beta2);
  const rest2s = f32x4.splat(rest2);
  const steps = f32x4.splat(step);
  const scales = f32x4.splat(scale);
  const kept = f32x4.splat(<f32>1 - decay);
  const epsilons = f32x4.splat(epsilon);
  const end = (<usize>count) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const slope = v128.load(gradient + at);
    const first = f32x4.add(f32x4.mul(beta1s, v128.load(moment1 + at)), f32x4.mul(rest1s, slope));
    const second = f32x4.add(
      f32x4.mul(beta2s, v128.load(moment2 + at)),
      f32x4.mul(rest2s, f32x4.mul(slope, slope)),
    );
    v128.store(moment1 + at, first);
    v128.store(moment2 + at, second);
    const divisor = f32x4.add(f32x4.mul(f32x4.sqrt(second), scales), epsilons);
    v128.store(
      values + at,
      f32x4.sub(f32x4.mul(kept, v128.load(values + at)), f32x4.div(f32x4.mul(steps, first), divisor)),
    );
  }
}

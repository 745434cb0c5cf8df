const GPU = ['auto', 'cuda', 'webgpu'];

/** What is meant by words that other programs have for an allowed value, in lower case: best first. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  gpu: GPU,
  cuda: ['cuda'],
  nvidia: ['cuda', 'auto'],
  amd: ['webgpu', 'directml', 'auto'],
  rocm: ['webgpu', 'auto'],
  vulkan: ['webgpu'],
  metal: ['webgpu', 'coreml'],
  mps: ['webgpu', 'coreml'],
  apple: ['coreml', 'webgpu'],
  dml: ['directml'],
  directx: ['directml'],
  tpu: ['auto'],
  xpu: ['auto'],
  npu: ['auto'],
};

/** The allowed values that a word of another program stands for; empty if it is no such word. */
export function synonymsOf(word: string, allowed: readonly string[]): string[] {
  // Other programs number their devices: cuda:0.
  const name = word.toLowerCase().replace(/:\d+$/, '');
  const known = Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name]! : [];
  return known.filter((value) => allowed.includes(value));
}

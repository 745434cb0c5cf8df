/** Metrics in one line: "loss/generator 0.812, quality/psnr 21.4". */
export function metricsText(values: Record<string, number> | undefined): string | undefined {
  if (values === undefined) return undefined;
  return Object.entries(values)
    .map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`)
    .join(', ');
}

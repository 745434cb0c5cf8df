/** What weights are exported as, by the name of the form, with the ending of its files. */
export const EXPORT_FORMS = {
  /** The generator as an ONNX model. */
  onnx: '.onnx',
  /** A page that runs that model in a browser. */
  web: '.html',
  /** The tensors of the whole generator. */
  safetensors: '.safetensors',
  /** The tensors of the LoRA alone. */
  lora: '.safetensors',
} as const;

export type ExportForm = keyof typeof EXPORT_FORMS;

export const EXPORT_FORM_NAMES = Object.keys(EXPORT_FORMS) as [ExportForm, ...ExportForm[]];

/** What is wrong with the name of an exported file, and the remedy; undefined if it has the ending of its form. */
export function endingProblem(what: ExportForm, output: string): string | undefined {
  const ending = EXPORT_FORMS[what];
  if (output.endsWith(ending)) return undefined;
  return `${output}: --what ${what} is written to a ${ending} file. Give a file name that ends in ${ending}.`;
}

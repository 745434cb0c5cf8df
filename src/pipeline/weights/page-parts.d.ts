/** The parts of an exported page, bundled by `scripts/build/page-parts.mjs`. */
declare module '*?page' {
  const parts: {
    readonly script: string;
    readonly style: string;
    /** Script of the worker. */
    readonly worker: string;
    /** Licenses of the packages in the page, and ours. */
    readonly notices: string;
    /** Path of ONNX Runtime's WebAssembly module. */
    readonly runtime: string;
  };
  export default parts;
}

/** The text of a program for a worker thread, bundled by `scripts/build/thread-program.mjs`. */
declare module '*?program' {
  const program: string;
  export default program;
}

/** The photographs of a list, packed by `scripts/build/photographs.mjs`. */
declare module '*?photographs' {
  const photographs: readonly {
    /** What it shows: letters and hyphens. */
    readonly name: string;
    /** Photographer. */
    readonly by: string;
    /** JPEG file in base64. */
    readonly data: string;
  }[];
  export default photographs;
}

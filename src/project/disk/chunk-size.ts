/** Node reads and writes at most 2^31 - 1 bytes at once; some systems a little less. */
export const MAX_CHUNK_BYTES = 2 ** 30;

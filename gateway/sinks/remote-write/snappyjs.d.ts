/** It brings no types of its own. */
declare module 'snappyjs' {
  const snappy: {
    /** The block format; what is given decides what comes out. */
    compress(bytes: Uint8Array): Uint8Array;
    /** @param maxLength of what comes out, bytes. @throws Error where it is longer, or no snappy */
    uncompress(bytes: Uint8Array, maxLength?: number): Uint8Array;
  };
  export default snappy;
}

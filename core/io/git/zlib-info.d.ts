/** What Node's types leave out: with `info` zlib says, too, how much it has read. */
import type { InputType, ZlibOptions } from 'node:zlib';

declare module 'node:zlib' {
  function inflateSync(
    input: InputType,
    options: ZlibOptions & { readonly info: true },
  ): { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
}

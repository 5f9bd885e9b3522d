/**
 * Bytes that pass are garbage beside V8's heap, of which it lets 64 MB pile up before it looks. A desk has other things to do
 * with its memory, and a small one has none.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const everyBytes = 1024 * 1024;
/** What has survived a few of the quick ones, such as what waits within a library. */
const wholeEvery = 32;

/** Passes them on, and collects those that have gone by. */
export async function* passing(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  setFlagsFromString('--expose-gc');
  const collect: NodeJS.GCFunction = runInNewContext('gc');
  let passed = 0;
  let times = 0;
  for await (const chunk of bytes) {
    yield chunk;
    passed += chunk.length;
    if (passed < everyBytes) continue;
    passed = 0;
    times += 1;
    collect({ type: times % wholeEvery === 0 ? 'major' : 'minor' });
  }
}

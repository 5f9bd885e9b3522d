/** What one who looks on over SSH is shown, as lines of an asciicast. */
import { castHeader, castOutput, castResize } from '../../core/recording/asciicast.ts';
import { ShownOutput } from '../../core/terminal/shown-output.ts';

const usual = { columns: 80, rows: 24 };
/** Words of the device about the window: at the beginning, and when it has changed. A session that says the same says no harm. */
const sizeWords =
  /\[towline: (?:[^\]\r\n]{1,400}, |the window of the session is now )([1-9]\d{0,2})x([1-9]\d{0,2})\]/g;

/** @param output of `ssh watch+ID@pump-17` @param nowMs by a monotonic clock */
export async function* watchedCast(
  output: AsyncIterable<Uint8Array>,
  nowMs: () => number,
): AsyncGenerator<string> {
  const shown = new ShownOutput();
  const decoder = new TextDecoder();
  const beganMs = nowMs();
  yield castHeader({ startedMs: 0, ...usual, title: '' });
  for await (const bytes of output) {
    const text = decoder.decode(shown.filter(bytes), { stream: true });
    const atMs = nowMs() - beganMs;
    for (const [, columns, rows] of text.matchAll(sizeWords))
      yield castResize(atMs, Number(columns), Number(rows));
    if (text !== '') yield castOutput(atMs, text);
  }
}

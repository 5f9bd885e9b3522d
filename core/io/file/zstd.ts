/** zstd as a stream: Node's own, which came with 22.15, or the program of that name, on which Debian's package depends where Node is older. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import zlib from 'node:zlib';

const level = 3;

/** @throws Error on the stream, where it does not run, or says that what came is none of its own */
export function throughProgram(words: readonly string[]): Duplex {
  const child = spawn('zstd', ['--quiet', '--stdout', ...words], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  // Whoever reads hears of it.
  ended.catch(() => undefined);
  async function* output(): AsyncGenerator<Buffer> {
    try {
      yield* child.stdout;
      const [code] = await ended;
      if (code !== 0) throw new Error(`zstd ended with ${code}`);
    } finally {
      child.kill('SIGKILL');
    }
  }
  return Duplex.from({ writable: child.stdin, readable: output() });
}

export function packZstd(): Duplex {
  if (typeof zlib.createZstdCompress !== 'function') return throughProgram([`-${level}`]);
  return zlib.createZstdCompress({ params: { [zlib.constants.ZSTD_c_compressionLevel]: level } });
}

/** @param chunkBytes of what comes out, at most */
export function unpackZstd(chunkBytes: number): Duplex {
  if (typeof zlib.createZstdDecompress !== 'function') return throughProgram(['--decompress']);
  return zlib.createZstdDecompress({ chunkSize: chunkBytes });
}

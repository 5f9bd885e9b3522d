/** What a shell says of a program that wrote to a pipe whose reader had gone: 128 and the number of SIGPIPE. */
const pipeExitCode = 141;

/** Ends quietly when the reader is gone, as in `towline --help | head`. Any other error of a stream is thrown. */
export function endWhenPipeCloses(streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(pipeExitCode);
    });
  }
}

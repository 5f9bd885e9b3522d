/** Asks an Engine whether it is there. */
import { request } from 'node:http';

const pingTimeoutMs = 3000;

/** `answers`, or why not: an error code of the socket such as ENOENT or EACCES, or an HTTP status. */
export async function pingEngine(socket: string): Promise<'answers' | string> {
  return new Promise(resolve => {
    const ping = request({ socketPath: socket, path: '/_ping', timeout: pingTimeoutMs }, response => {
      response.resume();
      resolve(response.statusCode === 200 ? 'answers' : `HTTP ${response.statusCode}`);
    });
    ping.on('timeout', () => ping.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    ping.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    ping.end();
  });
}

/** Layers by curl, one after the other on one connection, with a device's key. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SimulatedDevice } from '../simulator/simulated-fleet.ts';

const run = promisify(execFile);

/** @returns seconds @throws where one of them is not answered with 200 */
export async function curlBlobs(
  folder: string,
  { key, certificate }: SimulatedDevice,
  { port, repository }: { readonly port: number; readonly repository: string },
  digests: readonly string[],
): Promise<number> {
  const [keyFile, certificateFile] = [join(folder, 'curl.key'), join(folder, 'curl.crt')];
  writeFileSync(keyFile, key);
  writeFileSync(certificateFile, certificate);
  const wanted = digests.flatMap(digest => [
    ...['--output', '/dev/null'],
    `https://127.0.0.1:${port}/v2/${repository}/blobs/${digest}`,
  ]);
  const login = ['--insecure', '--cert', certificateFile, '--key', keyFile];
  const begun = performance.now();
  await run('curl', ['--silent', '--fail', ...login, ...wanted]);
  return (performance.now() - begun) / 1000;
}

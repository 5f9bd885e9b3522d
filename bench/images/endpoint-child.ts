/** A process with the agent's dialler, then its endpoint beside; prints how many bytes of memory that has added at its most. */
import { readFileSync } from 'node:fs';
import { compileSmall } from '../../agent/program/small-memory.ts';
import { createDialler } from '../../core/io/https/https-dialler.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';

compileSmall();
const { port, tlsPin, key, certificate, registry, digest, manifest, layers } = JSON.parse(
  readFileSync(process.argv[2] ?? '', 'utf8'),
);
const log = { debug() {}, info() {}, warn() {} };
const gateways = [{ address: `127.0.0.1:${port}`, tlsPins: [tlsPin], sshHostKeys: [] }];
const dialler = createDialler({ gateways, key, certificate, log });
const { signal } = new AbortController();
const bounds = { method: 'GET', timeoutMs: 60_000, maxBytes: 1_000_000 } as const;
for (let time = 0; time < 20; time += 1) {
  const { body } = await dialler.request({ ...bounds, path: '/v2/' }, signal);
  for await (const _piece of body);
}
const before = process.memoryUsage.rss();
let most = before;
const look = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss());
}, 20);
const { ImageEndpoint } = await import('../../agent/images/image-endpoint.ts');
const endpoint = new ImageEndpoint({ dialler, clock: createSystemClock(), log });
const nothing = { maxRateBytes: undefined, onAlive() {}, onRefused() {} };
const pull = await endpoint.open({ registry, repository: 'web', digest, ...nothing });
const [address = '', ...rest] = pull.reference.replace(/@.*/, '').split('/');
const { username, password } = pull.credentials;
const { execFile } = await import('node:child_process');
const url = (what: string) => `http://${address}/v2/${rest.join('/')}/${what}`;
const curl = (urls: readonly string[]) =>
  new Promise<void>((resolve, reject) => {
    const wanted = urls.flatMap(each => ['--output', '/dev/null', each]);
    const parallel = ['--parallel', '--parallel-max', '3'];
    execFile(
      'curl',
      ['--silent', '--fail', '--user', `${username}:${password}`, ...parallel, ...wanted],
      error => (error === null ? resolve() : reject(error)),
    );
  });
for (const what of [digest, manifest]) await curl([url(`manifests/${what}`)]);
await curl(layers.map((layer: string) => url(`blobs/${layer}`)));
clearInterval(look);
await pull[Symbol.asyncDispose]();
await dialler.close();
process.stdout.write(`${most - before}\n`);

/** What comes through the uplink of a device of a lab, measured from there: connections, and how fast bytes come. */
import type { Lab } from '../../../lab/sites/lab.ts';

/** Arguments: host, port, how many at once, how long each may take. Says for each how long it took, or null. */
const connecting = `
const { connect } = require('node:net');
const [host, port, count, longestMs] = process.argv.slice(1);
const one = () => new Promise(resolve => {
  const begin = performance.now();
  const end = took => { clearTimeout(timer); socket.destroy(); resolve(took); };
  const socket = connect({ host, port: Number(port) }, () => end(performance.now() - begin));
  const timer = setTimeout(() => end(null), Number(longestMs));
  socket.on('error', () => end(null));
});
Promise.all(Array.from({ length: Number(count) }, one)).then(all => console.log(JSON.stringify(all)));
`;

/** Arguments: an address, how many bytes of it. Says how many came and how long they took. */
const fetching = `
const { request } = require('node:https');
const [url, count] = process.argv.slice(1);
const asked = request(url, { headers: { range: 'bytes=0-' + (count - 1) } }, answer => {
  const begin = performance.now();
  let bytes = 0;
  answer.on('data', chunk => { bytes += chunk.length; });
  answer.on('end', () => console.log(JSON.stringify([bytes, performance.now() - begin])));
});
asked.end();
`;

async function run(lab: Lab, part: string, script: string, words: readonly string[]): Promise<unknown> {
  const environment = { NODE_EXTRA_CA_CERTS: lab.places.authority };
  const { code, stdout, stderr } = await lab.exec(part, [process.execPath, '-e', script, '--', ...words], {
    environment,
  });
  if (code !== 0) throw new Error(`${part}: exit ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

export interface ConnectOptions {
  readonly gateway?: string;
  readonly count?: number;
  readonly longestMs?: number;
}

/** Connects to the device port of a gateway so many times at once. @returns of each, milliseconds; null: it did not come about */
export async function connections(
  lab: Lab,
  part: string,
  { gateway = 'gateway-1', count = 5, longestMs = 5000 }: ConnectOptions = {},
): Promise<(number | null)[]> {
  const words = [lab.gateway(gateway).address, '8443', String(count), String(longestMs)];
  const all = await run(lab, part, connecting, words);
  if (!Array.isArray(all)) throw new Error('no list of connections');
  return all.map(one => (typeof one === 'number' ? one : null));
}

/** The quickest of a few. @throws Error where none came about */
export async function roundTripMs(lab: Lab, part: string): Promise<number> {
  const all = (await connections(lab, part)).filter(one => one !== null);
  if (all.length === 0) throw new Error(`${part} reaches nobody`);
  return Math.min(...all);
}

/** Fetches the beginning of a file of the registry. @param blob path of it there @returns bits in a second */
export async function bitsPerSecond(
  lab: Lab,
  part: string,
  { blob, bytes }: { readonly blob: string; readonly bytes: number },
): Promise<number> {
  const url = `https://${lab.plan.registry.host}/v2/${blob}`;
  const said = await run(lab, part, fetching, [url, String(bytes)]);
  const [came, tookMs]: unknown[] = Array.isArray(said) ? said : [];
  if (came !== bytes || typeof tookMs !== 'number') throw new Error(`${JSON.stringify(said)} of ${bytes}`);
  return (bytes * 8 * 1000) / tookMs;
}

/** The agent's store by itself: a line of JSON says whose, then each line is a fetch, answered by its CPU in milliseconds. */
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { defaultSourceLimits } from '../../agent/source/limits.ts';
import { Source } from '../../agent/source/source.ts';
import { createDialler } from '../../core/io/https/https-dialler.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';

interface Fetching {
  readonly folder: string;
  readonly port: number;
  readonly pin: string;
  readonly key: string;
  readonly certificate: string;
  readonly anchor: string;
}

const quiet = { debug: () => {}, info: () => {}, warn: () => {} };
const signal = new AbortController().signal;

function makeSource({ folder, port, pin, key, certificate }: Fetching): Source {
  const gateway = { address: `127.0.0.1:${port}`, tlsPins: [pin], sshHostKeys: [] };
  const dialler = createDialler({ gateways: [gateway], key, certificate, log: quiet });
  return new Source({ folder, dialler, limits: defaultSourceLimits, clock: createSystemClock() });
}

/** The gateway sees a commit that did not come through it within a second. */
async function fetchNew(source: Source, anchor: string): Promise<number> {
  while (true) {
    const before = process.cpuUsage();
    const { by } = await source.fetch(anchor, quiet, signal);
    const { user, system } = process.cpuUsage(before);
    if (by === 'fetched' || by === 'fresh') return (user + system) / 1000;
    await wait(100);
  }
}

let source: Source | undefined;
let anchor = '';
for await (const line of createInterface({ input: process.stdin })) {
  if (source === undefined) {
    const fetching = JSON.parse(line) as Fetching;
    anchor = fetching.anchor;
    source = makeSource(fetching);
  } else process.stdout.write(`${await fetchNew(source, anchor)}\n`);
}
process.exit(0);

/** A process that fetches once and remembers what it then trusts: `node fetching-child.ts JSON`. It may be killed anywhere. */
import path from 'node:path';
import { defaultSourceLimits } from '../../../agent/source/limits.ts';
import { Source } from '../../../agent/source/source.ts';
import { trustedCommitFile } from '../../../agent/verify/trusted-commit.ts';
import type { GatewayAddress } from '../../../core/fleet/gateway-address.ts';
import { makeDeviceKeys } from '../../../core/io/device-keys.ts';
import { createDialler } from '../../../core/io/https/https-dialler.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';

export interface FetchingChild {
  readonly stateDirectory: string;
  readonly gateway: GatewayAddress;
  readonly maxPacks: number;
}

const { stateDirectory, gateway, maxPacks } = JSON.parse(process.argv[2] ?? '') as FetchingChild;
const quiet = { debug: () => {}, info: () => {}, warn: () => {} };
const keys = makeDeviceKeys('device');
const dialler = createDialler({
  gateways: [gateway],
  key: keys.tlsKey,
  certificate: keys.tlsCertificate,
  log: quiet,
});
const source = new Source({
  folder: path.join(stateDirectory, 'store'),
  dialler,
  clock: createSystemClock(),
  limits: { ...defaultSourceLimits, minRenewBytes: 10_000_000, maxPacks },
});
const file = trustedCommitFile(stateDirectory);
const trusted = await file.read();
if (trusted.kind !== 'value') throw new Error(`no trusted commit: ${trusted.kind}`);
const found = await source.fetch(trusted.value.commit, quiet, new AbortController().signal);
await file.write({ ...trusted.value, commit: found.head });
await dialler.close();
process.stdout.write(`${found.by} `);

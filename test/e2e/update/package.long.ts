/** `dpkg` replaces what the package brought while another version is on trial: neither knows of the other, and nothing is lost. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { standInDebs } from '../../scripts/package/stand-in-debs.ts';
import { UpdatedDevice } from './updated-device.ts';

/** The machine's Node is bound there. */
const node = '#!/bin/sh\nexec /usr/bin/node "$@"\n';
const packages = ['0.2.0', '0.3.0', '0.4.0'] as const;

let device: UpdatedDevice;
before(
  async () => {
    device = await UpdatedDevice.boot();
    for (const version of packages) {
      const made = await standInDebs(path.join(device.fleet.folder, `deb-${version}`), version, node);
      const agent = made.find(({ file }) => path.basename(file).startsWith('towline-agent_'));
      mkdirSync(device.path('/srv/debs'), { recursive: true });
      cpSync(agent?.file ?? '', device.path(`/srv/debs/${version}.deb`));
    }
    await device.until('the first agent to run', device.says('0.1.0'));
    await device.takeOff();
    await install('0.2.0');
    await device.until('the package to run', device.says('0.2.0'));
  },
  { timeout: 900_000 },
);
after(() => device?.[Symbol.asyncDispose]());

const install = (version: string): Promise<string> =>
  device.does(
    `dpkg --force-depends -i /srv/debs/${version}.deb >/tmp/dpkg 2>&1 || { cat /tmp/dpkg; false; }`,
  );
const processOf = () => device.does('systemctl show --property MainPID --value towline-agent');
const restarted = () =>
  device.until('the restart by the package to be over', async () =>
    /^(inactive|failed)/.test(await device.does('systemctl is-active towline-agent-restart || true')),
  );
const packaged = () => device.does("dpkg --status towline-agent | sed -n 's/^Version: //p'");

/** Until its gateway is back nothing can show that it may stay. */
async function onTrial(version: string): Promise<void> {
  await device.want(device.make(version));
  await device.until('the trial', () => {
    const isThere = device.versionsFile('trying') !== undefined;
    if (isThere) device.isGatewayAway = true;
    return isThere;
  });
}

test('the trial goes on in the same process, and the version stays', async () => {
  await onTrial('9.0.0');
  await device.until('it to be started', async () => (await processOf()) !== '0');
  const before = device.versionsFile('trying') === undefined ? '' : await processOf();
  await install('0.3.0');
  await restarted();
  if (before !== '') assert.equal(await processOf(), before, 'the package has restarted it');
  device.isGatewayAway = false;
  await device.until('9.0.0 to stay', device.says('9.0.0'));
  assert.match((await device.fleet.status())?.agent.slot ?? '', /^9\.0\.0-/);
});

test('one that ends at its start gives way to what ran, not to what the package brought meanwhile', async () => {
  const ends = `if (process.argv[2] !== 'self-test') process.exit(1);
console.log('{"version":"9.1.0"}');`;
  await device.want(device.make('9.1.0', { files: { 'agent.js': ends } }));
  await device.until('the trial', () => device.versionsFile('trying') !== undefined);
  await install('0.4.0');
  await device.until('the way back', device.says('9.0.0', 'refused', 'AGENT_UPDATE_CRASHED'));
});

test('with the slot that was committed gone, what the package brought last runs, and brings it anew', async () => {
  const slot = (await device.fleet.status())?.agent.slot ?? '';
  await device.want(device.make('9.2.0'));
  await device.until('9.2.0 to stay', device.says('9.2.0'));
  await device.does(
    `systemctl stop towline-agent && rm -rf /var/lib/towline/versions/9.* && test ! -e /var/lib/towline/versions/${slot}`,
  );
  await device.does('systemctl start towline-agent');
  await device.until('0.4.0 to run', async () =>
    (await device.does('journalctl -u towline-agent --no-pager | tail -200')).includes(
      'is damaged: what the package brought runs',
    ),
  );
  await device.until('9.2.0 to be there again', device.says('9.2.0'));
  assert.equal(await packaged(), '0.4.0');
});

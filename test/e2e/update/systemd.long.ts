/** Versions that are no good, under systemd as it is on devices: how long it takes until the device is reachable again. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { UpdatedDevice } from './updated-device.ts';

let device: UpdatedDevice;
before(
  async () => {
    device = await UpdatedDevice.boot();
  },
  { timeout: 600_000 },
);
after(() => device[Symbol.asyncDispose]());

/** Its self-test passes; then it does this. */
const stub = (version: string, does: string) => `
if (process.argv[2] === 'self-test') {
  console.log('{"version":"${version}"}');
  process.exit(0);
}
const { execFileSync } = await import('node:child_process');
const tell = state => execFileSync('systemd-notify', [state]);
${does}
`;

test('from the version of the package to another, which stays', async t => {
  await device.until('the package to run', device.says('0.1.0'));
  await device.want(device.make('9.0.0'));
  const took = await device.until('9.0.0 to stay', device.says('9.0.0'));
  t.diagnostic(`committed after ${took.toFixed(1)} s`);
  assert.match((await device.fleet.status())?.agent.slot ?? '', /^9\.0\.0-/);
  assert.equal(await device.does('systemctl is-active towline-agent'), 'active');
});

const faults = [
  ['ends at its start', 'process.exit(1);', 'AGENT_UPDATE_CRASHED', 180],
  ['hangs before it is up', 'for (;;) {}', 'AGENT_UPDATE_HUNG', 180],
  ['hangs once it is up', "tell('READY=1'); for (;;) {}", 'AGENT_UPDATE_HUNG', 180],
  [
    'is stopped where it stands',
    "tell('READY=1'); process.kill(process.pid, 'SIGSTOP');",
    'AGENT_UPDATE_HUNG',
    180,
  ],
  [
    'turns, and never reports',
    "tell('READY=1'); setInterval(() => tell('WATCHDOG=1'), 20_000);",
    'AGENT_UPDATE_SILENT',
    720,
  ],
] as const;

for (const [index, [what, does, code, withinSec]] of faults.entries()) {
  test(`one that ${what}: reachable again within ${withinSec / 60} minutes, and set aside`, {
    timeout: 1_200_000,
  }, async t => {
    const version = `9.1.${index}`;
    await device.want(device.make(version, { files: { 'agent.js': stub(version, does) } }));
    await device.until('the trial', () => device.versionsFile('trying') !== undefined);
    const took = await device.until('the way back', device.says('9.0.0', 'refused', code), withinSec + 60);
    t.diagnostic(`reachable again after ${took.toFixed(1)} s`);
    assert.ok(took <= withinSec, `${took} s`);
    if (code === 'AGENT_UPDATE_SILENT') return;
    const journal = await device.does('journalctl --unit towline-agent --no-pager --lines 400');
    assert.match(journal, new RegExp(`${version}-[0-9a-f]{12} goes back`));
  });
}

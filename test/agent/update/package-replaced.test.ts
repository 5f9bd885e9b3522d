/** A package is upgraded below an agent that has brought itself: what it has now counts, not what it had when the agent was started. */
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { beginFacts } from '../../../agent/pass/pass-facts.ts';
import { openUpdater } from '../../../agent/update/open-updater.ts';
import { agentPlatform } from '../../../core/agents/agent-version.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { saying, VersionFiles } from './version-files.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };

function packageIs(files: VersionFiles, version: string): void {
  writeFileSync(path.join(files.package, 'package.json'), JSON.stringify({ version }));
  writeFileSync(path.join(files.package, 'node'), saying(version));
  chmodSync(path.join(files.package, 'node'), 0o755);
}

test('a version that the package had is brought, and not held against by what the package has now', async () => {
  await using files = await VersionFiles.start();
  packageIs(files, '1.0.0');
  const versions = path.join(files.state, 'versions');
  const environment = {
    TOWLINE_SLOT: '3.0.0-0123456789ab',
    TOWLINE_VERSIONS: versions,
    TOWLINE_PACKAGE: files.package,
  };
  const of = { stateDirectory: files.state, configFile: '/etc/x.yaml', version: '3.0.0', environment, log };
  const more = { clock: createSystemClock(), leave: () => undefined, uptimeSec: () => 0 };
  const updater = await openUpdater({ ...of, ...more });
  updater.use({ dialler: files.server.dialler, carried: () => undefined, isVisited: () => true });
  packageIs(files, '2.0.0');
  const { parts } = files.version('1.0.0');
  const platforms = { [agentPlatform(process.arch) ?? '']: { parts } };
  const agent = { version: '1.0.0', stateFormat: 1, platforms, problems: [] };
  await updater.passed({ ...beginFacts('1'), agent }, true);
  const isBusy = () => updater.said()?.phase === 'downloading';
  while (isBusy()) await sleep(10);
  assert.deepEqual([updater.said()?.phase, updater.said()?.code], ['staged', undefined]);
  assert.equal(files.fetched.length, 2);
});

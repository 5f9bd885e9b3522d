/** One version that is brought and tested beside the passes: what is held against it, and what is not. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openHome } from '../../../agent/update/open-home.ts';
import type { WantedVersion } from '../../../agent/update/stage.ts';
import { StageRun } from '../../../agent/update/stage-run.ts';
import type { TowlineError } from '../../../core/errors.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { saying, VersionFiles } from './version-files.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const clock = createSystemClock();
const fails = '#!/bin/sh\necho AGENT_CONFIG the file is no YAML >&2; exit 2\n';

function put(folder: string, node: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'node'), node);
  chmodSync(path.join(folder, 'node'), 0o755);
}

/** How it ends. @param ownNode of the version that runs */
async function brought(files: VersionFiles, wanted: WantedVersion, ownNode: string): Promise<string> {
  put(files.package, ownNode);
  const uptimeSec = () => 0;
  const home = await openHome({ stateDirectory: files.state, slot: '0', clock, log, uptimeSec });
  const own = { folder: files.package, version: '1.0.0' };
  const options = { home, own, configFile: '/etc/x.yaml', packageFolder: files.package, clock, log };
  const needs = { dialler: files.server.dialler, carried: () => undefined, isVisited: () => false };
  const run = new StageRun(options, needs);
  const ended = Promise.withResolvers<string>();
  run.begin(
    { kind: 'version', ...wanted },
    {
      rateBytes: undefined,
      staged: async slot => ended.resolve(slot),
      failed: async ({ code, message }: TowlineError) => ended.resolve(`${code} ${message}`),
    },
  );
  return await ended.promise;
}

test('what the version that runs cannot read any more either is not held against another one', async () => {
  await using files = await VersionFiles.start();
  const bad = files.version('2.0.0', [
    files.part('node', { node: fails }),
    files.part('agent', { 'agent.js': '' }),
  ]);
  assert.match(await brought(files, bad, saying('1.0.0')), /^AGENT_UPDATE_SELF_TEST /);
  assert.match(await brought(files, bad, fails), /^AGENT_UPDATE_UNTESTED .*the file is no YAML/);
});

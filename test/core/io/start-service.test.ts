import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { startService } from '../../../core/io/start-service.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'towline-service-'));
const { PATH } = process.env;
after(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true });
});

const manager = (script: string) => {
  writeFileSync(path.join(folder, 'systemctl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env.PATH = `${folder}:${PATH}`;
};

test('a unit is started by its name; what the service manager says of one that is not there is told', async () => {
  manager(`echo "$@" >${folder}/told`);
  await startService('towline-agent');
  assert.equal(readFileSync(path.join(folder, 'told'), 'utf8'), 'start towline-agent\n');
  manager('echo "Unit towline-agent.service not found." >&2; exit 5');
  await assert.rejects(startService('towline-agent'), {
    code: 'AGENT_NOT_RUNNING',
    message: /towline-agent was not started: .*not found/s,
  });
  process.env.PATH = folder;
  rmSync(path.join(folder, 'systemctl'));
  await assert.rejects(startService('towline-agent'), { code: 'AGENT_NOT_RUNNING', message: /ENOENT/ });
});

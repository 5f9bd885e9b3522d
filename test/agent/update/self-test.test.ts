/** A version is run before it is put on trial: what counts against it, and what does not. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { selfTest } from '../../../agent/update/self-test.ts';

let folder = '';
const never = new AbortController().signal;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towline-self-test-'));
  mkdirSync(path.join(folder, 'package'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Node of that version is this file. */
function run(node: string | Buffer, signal = never, longestMs = 30_000): Promise<void> {
  writeFileSync(path.join(folder, 'node'), node);
  chmodSync(path.join(folder, 'node'), 0o755);
  const packageFolder = path.join(folder, 'package');
  return selfTest({ folder, packageFolder, version: '2.0.0', configFile: '/etc/x.yaml', longestMs }, signal);
}

const says = (words: string, more = '') => `#!/bin/sh\necho '${words}'\n${more}`;
const against = { code: 'AGENT_UPDATE_SELF_TEST' };
const unsaid = { code: 'AGENT_UPDATE_UNTESTED' };

test('it is asked with the configuration of the device, and says its version', async () => {
  await run(
    '#!/bin/sh\n[ "$(basename "$1") $2 $3 $4 $5" = "agent.js self-test --json --config /etc/x.yaml" ] && echo \'{"version":"2.0.0"}\'\n',
  );
  await run(says('{"version":"2.0.0"}', 'echo a warning of Node >&2'));
});

test('what it cannot read, another version, a fault and a Node of another machine count against it', async () => {
  await assert.rejects(run(says('no', 'echo AGENT_CONFIG agent.yaml is wrong >&2; exit 2')), {
    ...against,
    message: 'the self-test failed: it ended with 2: AGENT_CONFIG agent.yaml is wrong\\nno',
  });
  await assert.rejects(run(says('{"version":"1.0.0"}')), against);
  await assert.rejects(run(says('nothing of the kind')), against);
  await assert.rejects(run('#!/bin/sh\nkill -SEGV $$\n'), against);
  // ELF of a machine that nobody has: type 2, machine 0x1234.
  const elf = Buffer.alloc(128);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  elf.writeUInt16LE(2, 16);
  elf.writeUInt16LE(0x1234, 18);
  await assert.rejects(run(elf), against);
  await assert.rejects(run('#!/no/such/loader\n'), against);
});

test('an engine that is away, a machine that is busy or short of memory, a disk of which nothing is run do not', async () => {
  await assert.rejects(run(says('', 'echo ENGINE_UNREACHABLE >&2; exit 3')), unsaid);
  await assert.rejects(run('#!/bin/sh\nexec sleep 60\n', never, 50), unsaid);
  await assert.rejects(run('#!/bin/sh\nkill -KILL $$\n'), unsaid);
  await assert.rejects(run('#!/bin/sh\nexec yes\n'), unsaid);
});

test('a program that it has left behind keeps nobody waiting, and is ended with it', {
  timeout: 30_000,
}, async () => {
  const pidFile = path.join(folder, 'pid');
  const leaves = `sleep 300 & echo $! >${pidFile}`;
  const isGone = async () => {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    for (;;) {
      // A zombie whose parent is this container's first process counts as ended.
      const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'Z');
      if (/^Z|\) Z /.test(state)) return;
      await sleep(20);
    }
  };
  await run(says('{"version":"2.0.0"}', leaves));
  await isGone();
  // Of a session of its own it is not found, and not waited for either.
  await run(
    says(
      '{"version":"2.0.0"}',
      `setsid sh -c 'echo >${path.join(folder, 'up')}; exec sleep 60' & until [ -e ${path.join(folder, 'up')} ]; do sleep 0.02; done`,
    ),
  );
  await assert.rejects(run(`#!/bin/sh\n${leaves}\nexec sleep 300\n`, never, 300), unsaid);
  await isGone();
});

test('what the machine has not got at the moment says nothing against it', async () => {
  const file = path.join(folder, 'node');
  rmSync(file, { force: true });
  const held = openSync(file, 'w', 0o755);
  try {
    // Still open for writing: it may not be started.
    await assert.rejects(run(says('{"version":"2.0.0"}')), unsaid);
  } finally {
    closeSync(held);
  }
  for (const signal of ['TERM', 'INT', 'HUP'])
    await assert.rejects(run(`#!/bin/sh\nkill -${signal} $$\n`), unsaid);
  rmSync(file);
  const programs = process.env.PATH;
  process.env.PATH = path.join(folder, 'package');
  try {
    const packageFolder = path.join(folder, 'package');
    const tested = { folder, packageFolder, version: '2.0.0', configFile: '/etc/x.yaml' };
    await assert.rejects(selfTest(tested, never), unsaid);
  } finally {
    process.env.PATH = programs;
  }
});

test('it ends with the agent that asks, at once', { timeout: 20_000 }, async () => {
  const cut = new AbortController();
  const asked = run('#!/bin/sh\nexec sleep 60\n', cut.signal);
  cut.abort(new Error('the agent stops'));
  await assert.rejects(asked, /the agent stops/);
});

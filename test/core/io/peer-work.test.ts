import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import { PeerWork } from '../../../core/io/peer-work.ts';

const turn = () => new Promise(resolve => setImmediate(resolve));

class Peer {
  readonly said: string[] = [];
  readonly work = new PeerWork({
    cut: reason => this.said.push(`cut: ${reason}`),
    failed: error => this.said.push(`failed: ${error instanceof Error ? error.message : error}`),
  });
}

test('what throws at once, and what rejects later, cut the peer and are written down', async () => {
  const peer = new Peer();
  const events = new EventEmitter();
  events.on(
    'now',
    peer.work.listener((what: string) => assert.fail(what)),
  );
  events.on(
    'later',
    peer.work.listener(async (what: string) => {
      await turn();
      assert.fail(what);
    }),
  );
  events.emit('now', 'one');
  events.emit('later', 'two');
  await turn();
  await turn();
  assert.deepEqual(peer.said, ['cut: failed', 'failed: one', 'cut: failed', 'failed: two']);
});

test('a log without room does not keep a peer, and a cut that fails does not end the program', async () => {
  let cut = 0;
  const work = new PeerWork({
    cut: () => {
      cut += 1;
      throw new Error('it is gone already');
    },
    failed: () => {
      throw new Error('no space left on device');
    },
  });
  work.run(() => Promise.reject(new Error('x')));
  await turn();
  assert.equal(cut, 1);
});

test('a fault that nobody caught ends the program with its code in the log', () => {
  const file = path.join(import.meta.dirname, '../../../core/io/last-resort.ts');
  const program = [
    `import { endOnFault } from ${JSON.stringify(file)};`,
    `const fault = endOnFault({ error: ({ code, err }) => console.log(code, err.message) }, 'GATEWAY_INTERNAL');`,
    `Promise.reject(new Error('let go'));`,
    `setTimeout(() => console.log('still here'), 5000);`,
  ].join('\n');
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  assert.deepEqual([child.status, child.stdout.trim()], [1, 'GATEWAY_INTERNAL let go']);
});

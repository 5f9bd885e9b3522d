/** Sessions in a real container, by stock ssh: recorded, watched, joined. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Sessions } from '../../../../agent/access/sessions/sessions.ts';
import { AccessRig } from '../../../../lab/rig/access-rig.ts';
import { TestGateway, testDevice } from '../../../gateway/rig/gateway.ts';
import { comes, quietLog, RecordedDevice } from '../../../rig/recorded-device.ts';

/** A stock ssh with a terminal, as somebody sits before it. */
class Seat {
  readonly #child: ChildProcess;
  readonly closed: Promise<number | null>;
  seen = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (bytes: Buffer) => {
        this.seen += bytes.toString('utf8');
      });
    this.closed = new Promise(resolve => child.once('close', resolve));
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Stops reading, as one does who has put the laptop to sleep. */
  sleep(): void {
    this.#child.kill('SIGSTOP');
  }

  leave(): void {
    this.#child.kill('SIGKILL');
  }

  async sees(text: string): Promise<void> {
    await comes(
      async () => this.seen.includes(text),
      () => `${text} in ${JSON.stringify(this.seen.slice(-2000))}`,
    );
  }
}

describe('a live session', { timeout: 120_000 }, () => {
  let rig: AccessRig;
  let gateway: TestGateway;
  let device: RecordedDevice;
  const services = [{ app: 'web', service: 'api', operators: ['alice', 'carol'] }];
  const operators = { alice: ['alice'], bob: ['bob'], carol: ['stranger'] };
  const trust = (access: object = {}, more: object = {}) =>
    rig.use({ access: { services, ...access }, operators, ...more });

  before(async () => {
    const own = testDevice('sessions-1');
    gateway = await TestGateway.start([own]);
    device = await RecordedDevice.make(own, gateway.port);
    rig = await AccessRig.start({
      keeper: access =>
        new Sessions({
          access,
          device: 'pump',
          nowMs: () => Date.now(),
          recordings: async () => device.recordings,
          log: quietLog,
        }),
    });
    await rig.container('web', 'api');
  });
  after(async () => {
    await rig[Symbol.asyncDispose]();
    await device[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  const sit = async (who: string, user: string) =>
    new Seat(
      rig.spawn('ssh', ['-tt', '-F', await rig.clientConfig(who), '-l', user, 'pump'], { TERM: 'xterm' }),
    );
  const status = async (who: string) =>
    (await rig.run('ssh', ['-F', await rig.clientConfig(who), 'pump', 'status'])).stdout.toString();
  const idIn = (text: string) => /session (\w{8}) {2}/.exec(text)?.[1] ?? '';

  test('is recorded, watched by whom `reads` covers, joined by who may enter: all see who is in, nobody else may', async () => {
    await trust({ record: 'required', auditors: [device.auditor.publicKey] });
    const alice = await sit('alice', 'web.api');
    alice.type('PS1=; stty cols 90 2>/dev/null; echo be""fore\n');
    await alice.sees('before\r\n');
    await alice.sees('this session is recorded');
    const id = idIn(await status('alice'));
    assert.match(id, /^[a-z2-9]{8}$/);
    const bob = await sit('bob', `watch+${id}`);
    await bob.sees('before');
    await alice.sees('bob watches');
    assert.match(await status('alice'), /web\.api of alice since .*, recorded, bob watches/);
    bob.type('touch /tmp/bob; echo by-bob\n');
    // Who watches may not join; and who may enter types there.
    assert.match(await refusal('bob', `join+${id}`), /no such session, or none for you/);
    const carol = await sit('stranger', `join+${id}`);
    await bob.sees('carol has joined');
    carol.type('echo by-ca""rol; ls /tmp/bob 2>/dev/null || echo no""body\n');
    await Promise.all([alice, bob, carol].map(seat => seat.sees('by-carol')));
    await bob.sees('nobody');
    // A query would be answered by each terminal there is, into the one that it came from.
    alice.type("printf '\\033[6n\\033]0;title\\007\\033[1mdo''ne\\033[0m\\n'\n");
    await bob.sees('\u001b[1mdone');
    await alice.sees('\u001b[6n');
    for (const hidden of ['\u001b[6n', '\u001b]0;'])
      assert.ok(!bob.seen.includes(hidden) && !carol.seen.includes(hidden));
    bob.type('q');
    assert.equal(await bob.closed, 0);
    await alice.sees('bob has left');
    alice.type('exit 7\n');
    assert.equal(await alice.closed, 7);
    await carol.sees('the session has ended');
    assert.equal(await carol.closed, 0);
    await comes(async () => (await device.files()).length === 0);
    const [{ recording } = { recording: '' }] = await gateway.service.recordings.list('sessions-1');
    assert.ok(recording.endsWith(id));
    const kept = readFileSync(join(gateway.folder, 'recordings', 'sessions-1', recording), 'utf8');
    assert.match(kept, /"outcome":"ended","exitCode":7/);
    assert.doesNotMatch(await status('alice'), /session /);
  });

  const refusal = async (who: string, user: string) => {
    const done = await rig.run('ssh', ['-F', await rig.clientConfig(who), '-l', user, 'pump']);
    assert.notEqual(done.code, 0);
    return `${done.stdout}${done.stderr}`;
  };

  test('who enters as somebody else does not join, and whoever may be there as somebody else from now on is cut', async () => {
    const own = { app: 'web', service: 'api', operators: ['alice'] };
    const others = { app: 'web', service: 'api', user: '1000:1000', operators: ['carol'] };
    await trust({ services: [own, others] });
    const alice = await sit('alice', 'web.api');
    alice.type('echo re""ady\n');
    await alice.sees('ready\r\n');
    const id = idIn(await status('alice'));
    assert.match(await refusal('stranger', `join+${id}`), /no such session, or none for you/);
    await trust({ services: [{ ...own, user: '1000:1000' }, others] });
    await alice.sees('there is no such thing here, or not for you');
    assert.equal(await alice.closed, 255);
    const again = await rig.run('ssh', ['-F', await rig.clientConfig(), 'web.api@pump', 'busybox id -u']);
    assert.equal(again.stdout.toString(), '1000\n');
  });

  test('ends or is refused with words where it has to be recorded and cannot be; and goes on, unrecorded, where not', async () => {
    await trust({ record: 'required', auditors: [] });
    assert.match(await refusal('alice', 'web.api'), /nobody is named who could read the recording/);
    await trust({ record: 'on', auditors: [] });
    const alice = await sit('alice', 'web.api');
    await alice.sees('this session is not recorded: nobody is named');
    alice.type('echo st""ill\n');
    await alice.sees('still\r\n');
    await trust({ record: 'required', auditors: [device.auditor.publicKey] });
    await alice.sees('sessions have to be recorded now, and this one is not');
    assert.equal(await alice.closed, 255);
  });

  test('lets go whoever may no longer look on, and whoever does not read, and is held up by neither', async () => {
    await trust();
    const alice = await sit('alice', 'web.api');
    alice.type('echo re""ady\n');
    await alice.sees('ready\r\n');
    const id = idIn(await status('alice'));
    const bob = await sit('bob', `watch+${id}`);
    await bob.sees('you watch');
    const carol = await sit('stranger', `join+${id}`);
    await carol.sees('what you type');
    await trust({ services: [{ app: 'web', service: 'api', operators: ['alice'] }] });
    await carol.sees('you may no longer be here');
    await alice.sees('carol has left');
    bob.sleep();
    alice.type(
      'i=0; while [ $i -lt 90000 ]; do i=$((i+1)); echo "$i 0123456789012345678901234567890123456789"; done; echo o""ver\n',
    );
    await alice.sees('over\r\n');
    await alice.sees('bob has left');
    alice.type('exit\n');
    assert.equal(await alice.closed, 0);
    bob.leave();
  });
});

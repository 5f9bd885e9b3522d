/** A terminal of the desk’s page: the stock client through a real gateway to the agent’s own server, and a program that draws. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Sessions } from '../../../agent/access/sessions/sessions.ts';
import { DeskSessionHome } from '../../../cli/portal/session-home.ts';
import type { Fleet } from '../../../core/fleet/fleet.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { keyLine } from '../../../lab/rig/access-change.ts';
import { AccessRig } from '../../../lab/rig/access-rig.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { device, openTunnel } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { quietLog } from '../../rig/recorded-device.ts';
import { deskFleet } from './desk-fleet.ts';
import { type Page, TerminalServer, type TestViewer } from './terminal-server.ts';

const services = [{ app: 'shop', service: 'web' }];
const tunnel = openTunnel({});

describe('a terminal of the desk’s page', () => {
  let rig: Rig;
  let own: AccessRig;
  let agent: Awaited<ReturnType<Rig['agent']>>;
  let server: TerminalServer;
  let alice: TestViewer;
  let keeper: Sessions;
  let home: DeskSessionHome;
  const state: { identity: string; fleet?: Fleet | undefined; closed?: Fleet; foreign?: Fleet } = {
    identity: '',
  };
  before(async () => {
    rig = await Rig.start({ tunnel });
    own = await AccessRig.start({
      keeper: access => {
        keeper = new Sessions({
          ...{ device, access, nowMs: () => Date.now(), log: quietLog },
          recordings: () => Promise.reject(new Error('nothing is recorded')),
        });
        return keeper;
      },
    });
    await own.container('shop', 'web');
    agent = await rig.agent({ server: own.server });
    await agent.open(tunnel, AbortSignal.timeout(400_000));
    state.identity = join(own.folder, 'alice');
    const facts = {
      gatewayKey: await keyLine(rig.folder, 'gateway'),
      deviceKey: await keyLine(own.folder, 'device'),
    };
    state.fleet = await deskFleet({ ...facts, device, isOpen: true });
    state.closed = await deskFleet({ ...facts, device, isOpen: false });
    const deviceKey = await keyLine(own.folder, 'stranger');
    state.foreign = await deskFleet({ ...facts, device, deviceKey, isOpen: true });
    await copyKey(rig, own);
    const person = async () => ({
      hostName: '127.0.0.1',
      way: [
        ['Port', String(rig.people.address.port)],
        ['User', 'alice'],
      ],
      identity: [
        ['IdentityFile', `"${state.identity}"`],
        ['IdentitiesOnly', 'yes'],
        ['IdentityAgent', 'none'],
      ],
    });
    home = new DeskSessionHome({
      fleet: () => state.fleet,
      person,
      clock: createSystemClock(),
      options: { repo: own.folder },
    });
    server = await TerminalServer.start(home.terminals);
    alice = server.viewer('alice', 'desk');
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
    await own[Symbol.asyncDispose]();
  });
  const opened = async (body: object = { name: 'web' }): Promise<Page> => {
    const page = await server.page(alice, { device, columns: 91, rows: 31, ...body });
    await eventually(() => page.words.length > 0 || page.isClosed);
    assert.deepEqual(page.words[0], { opened: true });
    return page;
  };

  test('a shell in a container, its size as the page has it, its exit code', async () => {
    const page = await opened();
    page.link.type('stty size\n');
    await eventually(() => page.text.includes('31 91'));
    page.link.resize(132, 50);
    page.link.type('stty size\n');
    await eventually(() => page.text.includes('50 132'));
    page.link.type('exit 7\n');
    await eventually(() => page.isClosed);
    assert.deepEqual(page.words.at(-1), { ended: { exitCode: 7 } });
  });

  test('vi: a file is written, what it draws comes whole', async () => {
    const page = await opened();
    page.link.type('vi /note\n');
    await eventually(() => page.text.includes('/note'));
    for (const [typed, shown] of [
      ['i', /I \/note/],
      ['one line', /one line/],
      ['\u001b', /- \/note \[modified\]/i],
      [':wq\r', /'\/note' 1L/],
    ] as const) {
      page.link.type(typed);
      await eventually(() => shown.test(page.text));
    }
    page.link.type('cat /note; echo "left=$?"\n');
    await eventually(() => /one line\r\nleft=0/.test(page.text));
    page.link.close();
    await eventually(() => own.server.people.length === 0);
  });

  test('takes a paste of 1 MB whole, and holds back what a screen does not take', async () => {
    const page = await opened();
    const paste = randomBytes(500_000).toString('hex');
    page.link.type(`stty raw -echo; echo ready; head -c ${paste.length} | md5sum; stty sane\n`);
    await eventually(() => /\nready/.test(page.text));
    assert.equal(page.link.type(paste), true);
    const sum = createHash('md5').update(paste).digest('hex');
    await eventually(() => page.text.includes(sum));
    page.isStuck = true;
    const held = page.shown.length;
    page.link.type('yes 0123456789 | head -c 3000000; echo all of $((1 + 1))\n');
    await eventually(() => page.shown.length - held >= 192 * 1024);
    assert.ok(page.shown.length - held < 512 * 1024);
    page.goOn();
    await eventually(() => page.text.includes('all of 2'));
    page.link.close();
  });

  test('the menu of the device, where no service is named', async () => {
    const page = await opened({});
    await eventually(() => page.text.includes('Hello alice'));
    page.link.close();
  });

  test('what shows another key than the device’s is given nothing; whose key is nobody’s gets what ssh says', async () => {
    for (const [change, said] of [
      [{ identity: join(own.folder, 'stranger') }, /"code":"CLI_SSH".*Permission denied/],
      [{ fleet: state.foreign }, /"code":"CLI_SSH".*Host key verification failed/],
    ] as const) {
      const before = { ...state };
      Object.assign(state, change);
      const refused = await server.page(alice, { device, name: 'web' });
      await eventually(() => refused.isClosed);
      assert.match(JSON.stringify(refused.words), said);
      assert.equal(refused.text, '');
      Object.assign(state, before);
    }
  });

  test('somebody looks on while it goes on: what was shown, sizes, and nothing that makes a terminal answer', async () => {
    const page = await opened();
    await eventually(() => keeper.list().length === 1);
    const [session] = keeper.list();
    const recording = `20260101T000000Z-${session?.id}`;
    assert.equal(home.noWatch(device), undefined);
    const leaving = new AbortController();
    const lines: string[] = [];
    const cast = await home.watch(alice, { device, recording }, leaving.signal);
    const over = (async () => {
      for await (const line of cast) lines.push(line);
    })();
    const text = () => lines.join('\n');
    await eventually(() => /the session of alice, 91x31/.test(text()));
    page.link.type("printf 'a\\033[6n\\033]52;c;eA==\\007b'; echo\n");
    await eventually(() => /"ab\\r\\n|ab\\r\\n/.test(text()));
    page.link.resize(100, 40);
    await eventually(() => /"r","100x40"/.test(text()));
    assert.match(text(), /"r","91x31"/);
    assert.equal(lines.filter(line => /\\u001b\[6n|\\u001b\]52/.test(line)).length, 0);
    leaving.abort(new Error('the page is closed'));
    await over.catch(() => undefined);
    await eventually(() => own.server.people.length === 1);
    page.link.close();
  });

  test('no ticket for a closed tunnel, or a device that is not there', async () => {
    const { fleet } = state;
    state.fleet = state.closed;
    await assert.rejects(server.door.ticket(alice, { device, name: 'web' }), {
      code: 'GATEWAY_TUNNEL_CLOSED',
    });
    state.fleet = fleet;
    await assert.rejects(server.door.ticket(alice, { device: 'pump-99', name: 'web' }), {
      code: 'PORTAL_NOT_FOUND',
    });
  });

  test('ends with the tunnel, while somebody types', async () => {
    const page = await opened();
    const typing = setInterval(() => page.link.type('x'), 5);
    await eventually(() => page.text.includes('xx'));
    await agent.close('closed');
    await eventually(() => page.isClosed);
    clearInterval(typing);
    assert.ok('ended' in (page.words.at(-1) ?? {}));
  });
});

/** Alice has one key, at the gateway and at the device. */
async function copyKey(rig: Rig, own: AccessRig): Promise<void> {
  for (const end of ['', '.pub']) await cp(join(rig.folder, `alice${end}`), join(own.folder, `alice${end}`));
  await own.use({ access: { services } });
}

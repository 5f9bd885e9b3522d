/** Mail by a real dialogue: TLS before anything is said, one letter to each address, no for good and no for now. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { isTowlineError } from '../../../core/errors.ts';
import type { FleetView } from '../../../gateway/fleet/fleet-view.ts';
import { notifyLegs } from '../../../gateway/notify/notify-settings.ts';
import type { NotifyMail, NotifyReceiver } from '../../../schemas/types.generated.ts';
import { Certificates } from '../sinks/wire/certificates.ts';
import { MailServer } from './mail-server.ts';
import { minutes, never, ownFolder, quiet, reportOf, SetClock, Telling, viewDevice, viewOf } from './rig.ts';

const password = 'planted password, 0815';
let certificates: Certificates;
let tls: { key: string; cert: string };
let files: { userFile: string; passwordFile: string };
const folder = ownFolder();

before(() => {
  certificates = new Certificates();
  tls = certificates.issue('mail.example.com');
  files = { userFile: path.join(folder.path, 'user'), passwordFile: path.join(folder.path, 'password') };
  writeFileSync(files.userFile, 'towline\n');
  writeFileSync(files.passwordFile, `${password}\n`);
});
after(() => {
  certificates.remove();
  folder[Symbol.dispose]();
});

const mailTo = (port: number, smtp: Partial<NotifyMail['smtp']>, ...to: string[]): NotifyReceiver => ({
  name: 'site',
  mail: { to, from: 'towline@example.com', smtp: { host: '127.0.0.1', port, ...smtp } },
});
const inClear = { tls: 'none-on-loopback' } as const;

async function telling(receiver: NotifyReceiver, view: FleetView = viewOf([viewDevice('pump-1')])) {
  const clock = new SetClock();
  const told = await Telling.open({ folder: folder.path, view, clock, receivers: [receiver] });
  const failOnce = async (word: string) => {
    const project = { app: 'web', project: 'web', state: 'failed' as const, services: [] };
    await told.hear(
      reportOf('pump-1', word, {
        projects: [{ ...project, message: 'IMAGE_PULL it <@all>\r\nBcc: x@evil.example' }],
      }),
    );
    clock.pass(minutes(1.1));
    await told.send();
    await told.hear(reportOf('pump-1', `${word}, well`));
  };
  return { told, clock, failOnce };
}

test('a letter is plain text by STARTTLS to a server that the CA knows, with a login, and answers nobody', async () => {
  await using server = await MailServer.listen({ tls, login: { user: 'towline', password } });
  const receiver = mailTo(server.port, { caFile: certificates.caFile, ...files }, 'ops@example.com');
  const { told, failOnce } = await telling(receiver);
  await failOnce('first');
  await told.close();
  const [letter, ...more] = server.letters;
  assert.equal(more.length, 0);
  assert.deepEqual([letter?.isSecure, letter?.user, letter?.to], [true, 'towline', 'ops@example.com']);
  const header = (name: string) => letter?.headers.get(name);
  assert.equal(header('subject'), '[acme] critical: pump-1, web: failed');
  assert.equal(header('auto-submitted'), 'auto-generated');
  assert.match(header('message-id') ?? '', /^<towline-[0-9a-f]{32}@example\.com>$/);
  assert.match(header('content-type') ?? '', /^text\/plain/);
  assert.equal(header('bcc'), undefined);
  assert.match(letter?.body ?? '', /It says: +IMAGE_PULL it \|\[at\]all\| Bcc: x\[at\]evil\[\.\]example/);
});

test('nothing is said to a server without TLS, nor to one that the CA does not know', async () => {
  await using plain = await MailServer.listen({ login: { user: 'towline', password } });
  await using strange = await MailServer.listen({ tls, login: { user: 'towline', password } });
  for (const [server, more] of [
    [plain, files],
    [strange, files],
  ] as const) {
    const [leg] = notifyLegs([mailTo(server.port, more, 'ops@example.com')], new SetClock());
    const message = {
      id: 'x',
      type: 'gateway.test',
      state: 'happened',
      severity: 'info',
      fleet: 'acme',
    } as const;
    const error = await leg?.carrier
      .send([{ ...message, at: 0, queuedAt: 0 }], never)
      .catch((thrown: unknown) => thrown);
    assert.ok(isTowlineError(error) && error.code !== 'TELEMETRY_BATCH_REFUSED', String(error));
    assert.equal(server.letters.length, 0);
  }
});

test('each address is for itself: one that is refused is a dead letter, one that is busy gets it later, the third has it once', async () => {
  await using server = await MailServer.listen();
  const answers: Record<string, { code: number; words: string }> = {
    'gone@example.com': { code: 550, words: 'no such person' },
    'busy@example.com': { code: 451, words: 'greylisted' },
  };
  server.refuse = to => answers[to];
  const receiver = mailTo(server.port, inClear, 'gone@example.com', 'busy@example.com', 'here@example.com');
  const { told, clock, failOnce } = await telling(receiver);
  await failOnce('a');
  assert.deepEqual(
    server.letters.map(({ to }) => to),
    ['here@example.com'],
  );
  delete answers['busy@example.com'];
  clock.pass(minutes(1));
  await told.send();
  const failed = server.letters.filter(({ headers }) => /failed$/.test(headers.get('subject') ?? ''));
  assert.deepEqual(failed.map(({ to }) => to).sort(), ['busy@example.com', 'here@example.com']);
  assert.equal(new Set(failed.map(({ headers }) => headers.get('message-id'))).size, 2);
  const counts = told.receivers
    .flatMap(each => each.metrics())
    .filter(({ name }) => name.endsWith('dead_letters_total'));
  assert.deepEqual(
    counts.map(({ labels, value }) => [labels?.receiver, value > 0]),
    [
      ['site/1', true],
      ['site/2', false],
      ['site/3', false],
    ],
  );
  await told.close();
});

test('a password stands in no error, also where the server says it', async () => {
  await using server = await MailServer.listen({ tls, login: { user: 'towline', password: 'another' } });
  const said: string[] = [];
  const log = {
    ...quiet,
    warn: (fields: object, words: string) => said.push(`${words} ${JSON.stringify(fields)}`),
  };
  const receiver = mailTo(server.port, { caFile: certificates.caFile, ...files }, 'login@example.com');
  const clock = new SetClock();
  const view = viewOf([viewDevice('pump-1')]);
  const told = await Telling.open({ folder: folder.path, view, clock, receivers: [receiver], log });
  await assert.rejects(async () => await told.receivers[0]?.test(never), { code: 'TELEMETRY_RECEIVER_BUSY' });
  await told.hear(reportOf('pump-1', 'a', { outcome: 'stale' }));
  clock.pass(minutes(1.1));
  await told.send();
  await told.close();
  assert.equal(said.length, 1);
  assert.match(said.join(), /535/);
  assert.ok(!said.join().includes(password));
  assert.ok(!readFileSync(path.join(folder.path, 'transitions/ledger'), 'utf8').includes(password));
});

test('a new release is the mail to those who run a site: their devices, notes, who vouched, whom to ask', async () => {
  await using server = await MailServer.listen();
  const devices = ['pump-1', 'pump-2', 'pump-3'].map(id =>
    viewDevice(id, { site: id === 'pump-3' ? 'paris' : 'berlin' }),
  );
  const view = viewOf(devices, { support: { mail: 'help@example.com' } }, { appsOf: () => ['hello'] });
  const receiver = {
    ...mailTo(server.port, inClear, 'berlin@example.com'),
    devices: { labels: { site: 'berlin' } },
  };
  const { told, clock } = await telling(receiver, view);
  const key = { fleet: 'acme', subject: 'release/hello/1.5.0', type: 'release.made' } as const;
  const made = {
    key,
    state: 'happened',
    severity: 'info',
    app: 'hello',
    release: '1.5.0',
    person: 'alice, bob',
  } as const;
  const notes = 'Reads the new flow meters.\n\nSee https://evil.example.';
  await told.ledger.note({
    transitions: [{ ...made, at: clock.now(), commit: 'c'.repeat(40), data: { notes } }],
  });
  await told.send();
  const [letter, ...more] = server.letters;
  assert.equal(more.length, 0);
  assert.equal(
    letter?.headers.get('subject'),
    '[acme] hello 1.5.0 is released for your devices: pump-1, pump-2',
  );
  assert.match(letter?.body ?? '', /Reads the new flow meters\.\n\nSee https\[:\]\/\/evil\[\.\]example\./);
  assert.match(letter?.body ?? '', /By: +alice, bob\n/);
  assert.match(letter?.body ?? '', /Commit: +https:\/\/forge\.example\.com\/c{40}\n/);
  assert.match(letter?.body ?? '', /Ask: +help@example\.com\n/);
  await told.close();
});

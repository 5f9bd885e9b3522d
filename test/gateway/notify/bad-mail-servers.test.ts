/** Mail servers that drip, say the password in its other form, or take their time after the text. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { Mail } from '../../../gateway/notify/carriers/mail.ts';
import type { Message } from '../../../gateway/notify/messages/message.ts';
import type { NotifyMail } from '../../../schemas/types.generated.ts';
import { never, ownFolder } from './rig.ts';

const message: Message = {
  ...{ id: 'towline-1', type: 'device.stale', state: 'open', severity: 'warning', fleet: 'acme' },
  ...{ at: 0, queuedAt: 0 },
};

/** @param answer to a line of the client: what is said, and after how long */
async function server(answer: (line: string, say: (text: string) => void) => void) {
  const sockets = new Set<net.Socket>();
  const listening = net.createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const say = (text: string) => void (socket.destroyed || socket.write(text));
    answer('', say);
    let kept = '';
    socket.on('data', data => {
      kept += data.toString('utf8');
      for (let at = kept.indexOf('\r\n'); at >= 0; at = kept.indexOf('\r\n')) {
        const line = kept.slice(0, at);
        kept = kept.slice(at + 2);
        answer(line, say);
      }
    });
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    listening.close();
    await once(listening, 'close');
  };
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { port, [Symbol.asyncDispose]: close };
}

const mail = (port: number, smtp: Partial<NotifyMail['smtp']>) =>
  new Mail(
    {
      ...{ to: ['ops@example.com'], from: 'towline@example.com' },
      smtp: { host: '127.0.0.1', port, tls: 'none-on-loopback', ...smtp },
    },
    'ops@example.com',
  );

test('a mail server that says a byte now and then does not hold a message for ever', async () => {
  const timers = new Set<NodeJS.Timeout>();
  await using dripping = await server((line, say) => {
    if (line === '') say('220 here\r\n');
    else {
      say('250-');
      timers.add(setInterval(() => say('x'), 200).unref());
    }
  });
  const began = performance.now();
  await assert.rejects(mail(dripping.port, { timeout: '1s' }).send([message], never), {
    code: 'TELEMETRY_RECEIVER_UNREACHABLE',
  });
  assert.ok(performance.now() - began < 20_000);
  for (const timer of timers) clearInterval(timer);
});

test('a mail server that reads a letter for a while before it takes it is not sent it again', async () => {
  let letters = 0;
  let isText = false;
  await using slow = await server((line, say) => {
    if (isText) {
      if (line !== '.') return;
      isText = false;
      letters += 1;
      setTimeout(() => say('250 taken\r\n'), 2500);
    } else if (line === '') say('220 here\r\n');
    else if (line === 'DATA') {
      isText = true;
      say('354 go on\r\n');
    } else say('250 yes\r\n');
  });
  assert.match(await mail(slow.port, { timeout: '1s' }).send([message], never), /250 taken/);
  assert.equal(letters, 1);
});

test('a password stands in no error in whatever form the server says it', async () => {
  using folder = ownFolder();
  const [userFile, passwordFile] = [path.join(folder.path, 'user'), path.join(folder.path, 'password')];
  writeFileSync(userFile, 'towline');
  writeFileSync(passwordFile, 'planted0815planted');
  await using echoing = await server((line, say) => {
    if (line === '') say('220 here\r\n');
    else if (line.startsWith('EHLO')) say('250-here\r\n250 AUTH LOGIN\r\n');
    else if (line === 'AUTH LOGIN') say('334 VXNlcm5hbWU6\r\n');
    else if (line === Buffer.from('towline').toString('base64')) say('334 UGFzc3dvcmQ6\r\n');
    else say(`535 ${line} is none\r\n`);
  });
  const refused = await mail(echoing.port, { userFile, passwordFile })
    .send([message], never)
    .catch((error: unknown) => String(error));
  assert.match(refused, /535/);
  assert.ok(!refused.includes(Buffer.from('planted0815planted').toString('base64')), refused);
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { DeskPortal } from '../../portal/rig/desk-portal.ts';
import { clientOf, loggedInAt, wordOf } from '../../portal/rig/portal-program.ts';
import { PersonTerminal } from '../../rig/person-terminal.ts';

const shown = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}/g;

test('Enter makes a new address; the one before is good no longer, and who is in stays', async () => {
  await using desk = await DeskPortal.make();
  const command = `${join(commandFolder, 'towline')} portal --no-browser --repo ${desk.clone}`;
  const terminal = await PersonTerminal.open(desk.folder, command);
  const addresses = () => [...terminal.screen.matchAll(shown)].map(([address]) => new URL(address));
  await eventually(() => addresses().length === 1 && terminal.screen.includes('Ctrl-C'));
  const [first = new URL('http://none')] = addresses();
  const person = await loggedInAt(first);
  terminal.type('\r');
  await eventually(() => addresses().length === 2);
  terminal.type('not an answer to anything\r');
  terminal.type('\r');
  await eventually(() => addresses().length === 3);
  const [, second = first, third = first] = addresses();
  const refused = await clientOf(second).post('/login/token', { token: wordOf(second) });
  assert.equal(refused.code, 'PORTAL_LOGIN_REFUSED');
  const other = await loggedInAt(third);
  assert.equal((await person.api('/me')).status, 200);
  assert.equal((await other.post('/logout', {})).status, 204);
  assert.equal((await other.api('/me')).code, 'PORTAL_LOGIN_NEEDED');
  assert.equal((await person.api('/me')).status, 200);
  terminal.type('\u0003');
  assert.equal(await terminal.exited, 130);
});

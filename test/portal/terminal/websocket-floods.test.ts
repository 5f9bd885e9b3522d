/** What a page can heap up here by its WebSocket while it reads nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { eventually } from '../../../lab/rig/eventually.ts';
import type { TerminalHome } from '../../../portal/terminal/terminal-home.ts';
import { TerminalServer } from './terminal-server.ts';

/** In one piece for the socket. */
const pingsAtOnce = 2000;
const rounds = 150;

test('a page that asks without end whether we live, and does not hear, heaps up no answers: it is cut', async () => {
  let resizes = 0;
  const home: TerminalHome = {
    judge: async () => undefined,
    enter: async (_viewer, _place, { end, opened }, signal) => {
      end.onResize(() => {
        resizes += 1;
      });
      opened();
      await once(signal, 'abort');
      return { exitCode: undefined };
    },
  };
  await using server = await TerminalServer.start(home);
  const page = await server.page(server.viewer('alice'), { device: 'pump-1' });
  await eventually(() => page.words.length === 1);
  const { socket } = page;
  socket.pause();
  for (let round = 0; round < rounds && server.door.open > 0; round += 1) {
    const heard = resizes;
    for (let at = 0; at < pingsAtOnce; at += 1) socket.ping('x'.repeat(125));
    // What stands behind them was heard: so were they.
    socket.send(JSON.stringify({ size: [80, 24] }));
    await eventually(() => resizes > heard || server.door.open === 0);
  }
  assert.equal(server.door.open, 0, 'it was cut');
  socket.terminate();
});

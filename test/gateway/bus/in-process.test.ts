import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InProcessBus } from '../../../gateway/bus/in-process.ts';

test('who listens hears of what is announced until they listen no more', () => {
  const bus = new InProcessBus();
  let heard = 0;
  bus.announce('main');
  const stop = bus.listen('main', () => {
    heard += 1;
  });
  bus.announce('main');
  stop();
  bus.announce('main');
  assert.equal(heard, 1);
});

test('a tunnel that was replaced takes nothing with it when it ends', () => {
  const bus = new InProcessBus();
  const tunnel = () => ({ open: () => Promise.reject(new Error('closed')) });
  const [older, newer] = [tunnel(), tunnel()];
  const endOlder = bus.hold('pump-1', older);
  assert.equal(bus.holder('pump-1'), older);
  const endNewer = bus.hold('pump-1', newer);
  endOlder();
  assert.equal(bus.holder('pump-1'), newer);
  endNewer();
  assert.equal(bus.holder('pump-1'), undefined);
});

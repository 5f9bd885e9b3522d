import assert from 'node:assert/strict';
import test from 'node:test';
import Docker from 'dockerode';
import { EngineProxy } from './engine-proxy.ts';

const engine = process.env.TOWLINE_ENGINE_SOCKET ?? '/var/run/docker.sock';

test('the proxy passes calls on, counts them, and tells those that may write from those that read', async t => {
  const proxy = await EngineProxy.start(engine);
  t.after(() => proxy.stop());
  const docker = new Docker({ socketPath: proxy.socket });
  await docker.version();
  const volume = await docker.createVolume({ Name: `proxy-${process.pid}` });
  t.after(() => new Docker({ socketPath: engine }).getVolume(volume.name).remove());

  assert.deepEqual(
    proxy.calls.map(({ method, path }) => `${method} ${path.split('?')[0]}`),
    ['GET /version', 'POST /volumes/create'],
  );
  assert.equal(proxy.writes().length, 1);
});

test('a call that the proxy is told to cut off never reaches the engine', async t => {
  const proxy = await EngineProxy.start(engine);
  t.after(() => proxy.stop());
  proxy.before = ({ path }) => {
    if (path.startsWith('/volumes/create')) throw new Error('cut');
  };
  const name = `proxy-cut-${process.pid}`;
  await assert.rejects(new Docker({ socketPath: proxy.socket }).createVolume({ Name: name }));
  await assert.rejects(
    new Docker({ socketPath: engine }).getVolume(name).inspect(),
    /no such volume|not found|404/i,
  );
});

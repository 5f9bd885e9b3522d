import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import Docker from 'dockerode';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { ImageMaker } from '../../../lab/machine/images.ts';
import { pingEngine } from '../../../lab/machine/ping-engine.ts';

test('an engine of our own runs beside another one, survives being killed, and leaves nothing behind', async t => {
  const engine = await startOwnEngine();
  t.after(() => engine.stop());
  const folder = path.dirname(engine.socket);
  const docker = new Docker({ socketPath: engine.socket });

  await new ImageMaker(engine.socket, 'unused').build('towline-test/web:1', 'web');
  const container = await docker.createContainer({
    Image: 'towline-test/web:1',
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
      RestartPolicy: { Name: 'always' },
    },
  });
  await container.start();
  const { State, NetworkSettings } = await container.inspect();
  assert.equal(State.Running, true);
  const [binding] = NetworkSettings.Ports['8080/tcp'] ?? [];
  assert.ok(binding, 'a port was published');

  await engine.down('SIGKILL');
  assert.notEqual(await pingEngine(engine.socket), 'answers');
  await engine.up();
  assert.equal((await docker.listContainers({ all: true })).length, 1);

  const pid = engine.pid;
  assert.ok(pid !== undefined);
  await engine.stop();
  assert.equal(existsSync(folder), false);
  assert.equal(existsSync(`/proc/${pid}`), false);
  assert.equal(readFileSync('/proc/self/mounts', 'utf8').includes(folder), false);
  const bridge = `twl-${path.basename(folder).slice('towline-engine-'.length).toLowerCase()}`;
  assert.equal(existsSync(`/sys/class/net/${bridge}`), false);
});

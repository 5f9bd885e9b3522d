import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../../agent/runtime/engine/engine.ts';
import { ContainerAddresses } from '../../../../agent/telemetry/metrics/apps/container-addresses.ts';
import { label } from '../../../../core/plan/container/labels.ts';

type Networks = Record<string, { NetworkID: string; IPAddress: string; GlobalIPv6Address?: string }>;

const container = (
  name: string,
  NetworkMode: string,
  networks: Networks,
  more: Record<string, string> = {},
) => ({
  Id: name,
  Names: [`/${name}`],
  Labels: { [label.device]: 'pump-1', [label.project]: 'web', [label.service]: name, ...more },
  HostConfig: { NetworkMode },
  NetworkSettings: { Networks: networks },
});

const bridge = (IPAddress: string) => ({ web_default: { NetworkID: 'b', IPAddress } });

/** What the engine says of these containers. */
async function addresses(listed: readonly unknown[]): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {
    '/containers/json': listed,
    '/networks': [
      { Id: 'b', Driver: 'bridge' },
      { Id: 'm', Driver: 'macvlan' },
      { Id: 'o', Driver: 'overlay' },
    ],
  };
  const engine: Pick<Engine, 'call'> = {
    call: async ({ path, answer }) => {
      const said = answers[path];
      assert.ok(answer?.(said));
      return said;
    },
  };
  const found = await new ContainerAddresses(engine, 'pump-1').now(new AbortController().signal);
  return Object.fromEntries(
    found.map(({ name, at }) => [name, 'address' in at ? at.address : at.unreachable.replace(/ \(.*\)/, '')]),
  );
}

test('only bridges lead to a container of this device; what has no address of its own is told so', async () => {
  const none = 'none of its networks is a bridge that the host is on';
  assert.deepEqual(
    await addresses([
      container('plain', 'web_default', bridge('10.1.0.2')),
      container('two', 'lan', { lan: { NetworkID: 'm', IPAddress: '192.168.1.9' }, ...bridge('10.1.0.3') }),
      container('six', 'web_default', {
        six: { NetworkID: 'b', IPAddress: '', GlobalIPv6Address: 'fd00::2' },
      }),
      container('lan', 'lan', { lan: { NetworkID: 'm', IPAddress: '192.168.1.10' } }),
      container('swarm', 'over', { over: { NetworkID: 'o', IPAddress: '10.0.0.3' } }),
      container('odd', 'web_default', bridge('metadata.internal')),
      container('lone', 'none', {}),
      container('host', 'host', {}),
      container('guest', 'container:plain', {}),
      container('thief', 'container:bank', {}),
      container('bank', 'bank_default', bridge('10.1.0.9'), { [label.project]: 'bank' }),
      container('foreign', 'web_default', bridge('10.1.0.10'), { [label.device]: 'pump-2' }),
    ]),
    {
      ...{ plain: '10.1.0.2', two: '10.1.0.3', six: 'fd00::2', guest: '10.1.0.2', bank: '10.1.0.9' },
      ...{ lan: none, swarm: none, odd: none, lone: none },
      host: 'it is on the host’s own network, where its port is anybody’s',
      thief: 'it is on the network of a container that is not of its app',
    },
  );
});

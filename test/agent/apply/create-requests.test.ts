/**
 * What our containers are beside what docker compose 2.40.3's would be: both bring up the same file before an engine that
 * writes down what it is asked for. Where they differ stands here and in docs/decisions/container-requests.md.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../core/compose/value/model.ts';
import { beyondEngine } from '../../../core/plan/engine-age.ts';
import { differences } from './asked-container.ts';
import { bothAsk } from './both-ask.ts';
import { networkSamples, serviceSamples, volumeSamples } from './service-samples.ts';

/** Where ours differs, on purpose: container, network or volume and the path in it → why. */
const explained: readonly (readonly [RegExp, string])[] = [
  [
    /^stop-grace-(?:short|part)-1 StopTimeout$/,
    'whole seconds: rounded up, never to less than was asked for',
  ],
  [/^deploy-restart-attempts-1 HostConfig RestartPolicy/, 'the condition is `any` where none is given'],
  [
    /^deploy-restart-any-attempts-1 HostConfig RestartPolicy MaximumRetryCount$/,
    'engines refuse a count with any policy but on-failure',
  ],
  [/^devices-1 HostConfig Devices$/, 'the long form without permissions is as the short one: rwm, not none'],
  [/^volumes-from-1 HostConfig VolumesFrom$/, '`:ro` is kept'],
  [/^configs-1 mounts \/etc\/app\.conf Source$/, '`uid`, `gid` and `mode` are honoured'],
  [/^secrets-1 mounts \/run\/secrets\/renamed Source$/, '`uid`, `gid` and `mode` are honoured'],
  [
    /^configs-content-1 mounts \S+ (?:Type|ReadOnly)$/,
    'mounted read-only, not copied in: works with `read_only`',
  ],
  [/^secrets-environment-1 mounts \S+ (?:Type|ReadOnly)$/, 'mounted read-only from memory, not copied in'],
  [/^bind-repository-1 mounts \/conf ReadOnly$/, 'what the repository says is no container to change'],
  [
    /^bind-short-options-1 mounts \/host BindOptions CreateMountpoint$/,
    'the agent makes the folder: engines before 23.0 cannot',
  ],
  [/^(?:mac-address|network-mac-both)-1 MacAddress$/, 'engines before 25.0 read it here'],
  [/^mac-address-1 endpoints \S+_default MacAddress$/, 'engines from 25.0 on read it here'],
  [/^mac-none-1 MacAddress$/, 'without a network nothing has the address'],
  [/^\S+ CheckDuplicate$/, 'a network of the same name is no obstacle: we work by id'],
];

async function unexplained(services: typeof serviceSamples, apiVersion?: string): Promise<Set<RegExp>> {
  const { compose, ours, project } = await bothAsk(services, apiVersion);
  assert.deepEqual([...ours.keys()].sort(), [...compose.keys()].sort());
  assert.ok(
    compose.size >=
      Object.keys(services).length + Object.keys({ ...networkSamples, ...volumeSamples }).length,
  );
  const used = new Set<RegExp>();
  const left: string[] = [];
  for (const [name, asked] of compose) {
    for (const [path, [theirs, mine]] of differences(asked, ours.get(name) ?? null)) {
      const where = `${name.replace(`${project}-`, '')} ${path}`;
      const reason = explained.find(([pattern]) => pattern.test(where));
      if (reason === undefined) left.push(`${where}: docker compose ${theirs}, ours ${mine}`);
      else used.add(reason[0]);
    }
  }
  assert.deepEqual(left, []);
  return used;
}

const used = new Set<RegExp>();

test('before an engine of API 1.51, each service, network and volume is asked for as docker compose asks', async () => {
  for (const pattern of await unexplained(serviceSamples, '1.51')) used.add(pattern);
});

test('before one of API 1.41 too; what we say it is too old for is what docker compose refuses as well', async () => {
  const honoured = Object.entries(serviceSamples).filter(
    ([, service]) => beyondEngine({ name: 'any', services: {} }, service, '20.10.24') === undefined,
  );
  for (const pattern of await unexplained(Object.fromEntries<JsonObject>(honoured), '1.41'))
    used.add(pattern);
});

test('no difference is explained that is none', () => {
  const idle = explained.filter(([pattern]) => !used.has(pattern));
  assert.deepEqual(
    idle.map(([, why]) => why),
    [],
  );
});

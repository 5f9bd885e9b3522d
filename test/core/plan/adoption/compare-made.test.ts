/** A container of docker compose beside what we would ask for: equal whatever the engine fills in, or otherwise by name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceModel } from '../../../../core/compose/value/model.ts';
import { compareMade } from '../../../../core/plan/adoption/compare-made.ts';
import { type MadeFacts, madeContainer } from '../../../../core/plan/adoption/made-container.ts';
import { makeProject } from '../../../../lab/rig/desired.ts';

const image = {
  Env: ['PATH=/bin'],
  Cmd: ['/serve'],
  ExposedPorts: { '80/tcp': {} },
  Volumes: { '/own': {} },
};

/** As Docker 28 answers, shortened. */
const details = {
  Id: 'abcdef0123456789',
  Config: {
    Hostname: 'abcdef012345',
    Env: ['LEVEL=info', 'PATH=/bin'],
    Cmd: ['/serve'],
    ExposedPorts: { '80/tcp': {}, '9000': {} },
    Labels: { 'com.docker.compose.project': 'shop', team: 'green' },
  },
  HostConfig: {
    NetworkMode: 'shop_default',
    LogConfig: { Type: 'json-file', Config: { 'max-size': '10m' } },
    ShmSize: 67_108_864,
    IpcMode: 'private',
    Runtime: 'runc',
    CapAdd: ['CAP_CHOWN'],
    Ulimits: [{ Hard: 64, Name: 'nofile', Soft: 32 }],
    MaskedPaths: ['/proc/kcore'],
    PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] },
  },
  Mounts: [
    { Type: 'volume', Name: 'shop_data', Destination: '/data', RW: true },
    { Type: 'volume', Name: 'a'.repeat(64), Destination: '/own', RW: true },
  ],
  NetworkSettings: { Networks: { shop_default: { Aliases: ['shop_web_1', 'web', 'abcdef012345'] } } },
};

const service: ServiceModel = {
  image: 'shop',
  environment: { LEVEL: 'info' },
  labels: { team: 'green' },
  cap_add: ['chown'],
  ulimits: { nofile: { soft: 32, hard: 64 } },
  expose: ['9000'],
  ports: [{ target: 80, published: '8080', protocol: 'tcp' }],
  volumes: [{ type: 'volume', source: 'data', target: '/data' }],
};

function compared(change: ServiceModel = {}, facts: Partial<MadeFacts> = {}) {
  const project = makeProject('shop', {
    services: { web: { ...service, ...change } },
    volumes: { data: {} },
  });
  return compareMade(
    project,
    { service: 'web', number: 1 },
    {
      made: madeContainer(details),
      image,
      defaults: { loggingDriver: 'json-file', runtime: 'runc' },
      secrets: new Map(),
      files: new Map(),
      ...facts,
    },
  );
}

test('what image, engine and docker compose fill in is no difference', () => {
  assert.deepEqual(compared(), { differs: [], refusal: undefined });
});

const changes: readonly (readonly [change: ServiceModel, word: string])[] = [
  [{ environment: { LEVEL: 'debug' } }, 'environment LEVEL'],
  [{ environment: {} }, 'environment LEVEL'],
  [{ command: ['/other'] }, 'command'],
  [{ labels: { team: 'blue' } }, 'label team'],
  [{ cap_add: [] }, 'cap_add'],
  [{ ports: [{ target: 80, published: '8081', protocol: 'tcp' }] }, 'ports'],
  [{ volumes: [] }, 'volume /data'],
  [{ logging: { driver: 'json-file', options: { 'max-size': '1m' } } }, 'logging'],
  [{ user: '1000' }, 'user'],
  [{ shm_size: '1m' }, 'shm_size'],
  [{ networks: { default: { aliases: ['www'] } } }, 'alias www in network default'],
  [{ tmpfs: ['/run'] }, 'tmpfs'],
  [{ hostname: 'shop' }, 'hostname'],
];

test('each difference is called what a Compose file calls it, without its value', () => {
  for (const [change, word] of changes) assert.deepEqual(compared(change).differs, [word], word);
});

test('an answer of an engine that is of another form is read as one that says nothing, and compared', () => {
  for (const answer of [null, [], { Config: 3, HostConfig: [], Mounts: {}, NetworkSettings: 'x' }])
    assert.ok(compared({}, { made: madeContainer(answer) }).differs.length > 0);
});

/** Compose documents and env files with anything in them: a model, or problems with their place; never thrown. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkForDevice } from '../../../core/compose/device/device-check.ts';
import { checkForEngine } from '../../../core/compose/engine/engine-check.ts';
import { parseEnvFile, parseRawEnvFile } from '../../../core/compose/load/env-file.ts';
import { ComposeFault } from '../../../core/compose/value/fault.ts';
import type { ComposeModel } from '../../../core/compose/value/model.ts';
import { betweenApps } from '../../../core/desired/between-apps.ts';
import { namingProject } from '../../../core/desired/engine-names.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutatedText } from '../../fuzz/mutation.ts';
import { load } from './project.ts';

/** `§` stands for a dollar sign. */
const documents = [
  [
    'name: shop',
    'services:',
    '  web:',
    '    image: nginx:1@sha256:0000000000000000000000000000000000000000000000000000000000000000',
    '    command: ["sh", "-c", "echo §§HOME §{NAME:-x} §{OTHER:?needed}"]',
    '    ports: ["8080:80/udp", { target: 80, published: "9000-9002", host_ip: 127.0.0.1 }]',
    '    volumes: ["./data:/data:ro,z", { type: tmpfs, target: /tmp, tmpfs: { size: 64m, mode: 0700 } }]',
    '    environment: { A: 1, B: }',
    '    healthcheck: { test: curl -f x || exit 1, interval: 1m30s, retries: 3 }',
    '    deploy: { resources: { limits: { cpus: "0.5", memory: 64M } }, restart_policy: { condition: on-failure } }',
    '    depends_on: { db: { condition: service_healthy, required: false } }',
    '    logging: { driver: json-file, options: { max-size: 10m } }',
    '    ulimits: { nofile: { soft: 1, hard: 2 } }',
    '    tmpfs: ["/run:size=1m,mode=700"]',
    '    dns: [8.8.8.8]',
    '    mac_address: 02:42:ac:11:00:02',
    '    extra_hosts: ["a=1.2.3.4"]',
    '    cpuset: 0-1',
    '    stop_signal: RTMIN+3',
    '    user: 1:2',
    '  db: { extends: { service: web }, profiles: [a], ports: !reset [], env_file: [{ path: .env, format: raw }] }',
    'volumes: { data: { driver: local, driver_opts: { type: tmpfs, o: bind, device: / } } }',
    'networks: { default: { ipam: { config: [{ subnet: 10.0.0.0/8 }] } }, host: { external: true } }',
    'configs: { c: { content: "x" } }',
    'secrets: { s: { file: ./s } }',
    '',
  ].join('\n'),
  'include: [{ path: [other.yaml, compose.yaml], env_file: .env }]\nservices: {}\n',
  'x-a: &a { image: x, <<: [] }\nservices: { a: { <<: *a, command: !override [] }, b: *a }\n',
].map(text => text.replaceAll('§', '$'));

const envFile = 'export A=1 # note\nB="x\\n§{A:-§§}"\nC=\'y\'\nD: z\nE\n\ufeffF=§{B?no}\nG="\n'.replaceAll(
  '§',
  '$',
);

function project(app: string, model: ComposeModel): DesiredProject {
  const update = { strategy: 'recreate', healthTimeoutMs: 1, stablePeriodMs: 1 } as const;
  return { app, name: app, release: undefined, model, files: new Map(), digest: '', update, paused: false };
}

describe('Compose documents, fuzzed', () => {
  test('a document', async () => {
    await fuzzed(
      'documents',
      fc.asyncProperty(mutatedText(...documents), mutatedText(envFile), async (text, env) => {
        const files = { 'compose.yaml': text, '.env': env, 'other.yaml': 'services: { c: { image: x } }\n' };
        const { model, problems, positionOf } = load(files, { profiles: ['*'] });
        assert.ok(model !== undefined || problems.length > 0);
        if (model === undefined) return;
        checkForDevice(model, {}, positionOf);
        checkForEngine(model, positionOf);
        const apps = ['one', 'two'].map(app => namingProject(project(app, model), positionOf, 'shop'));
        await betweenApps(apps, { has: async () => false, projectPrefix: '' });
      }),
    );
  });

  test('an env file', async () => {
    await fuzzed(
      'env files',
      fc.property(mutatedText(envFile), text => {
        for (const read of [parseEnvFile, parseRawEnvFile]) {
          try {
            read(text, name => (name === 'E' ? 'outside' : undefined), '.env');
          } catch (error) {
            assert.ok(error instanceof ComposeFault, error instanceof Error ? error.stack : String(error));
          }
        }
      }),
    );
  });
});

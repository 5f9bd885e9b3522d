/** docker compose 2.40.3 takes our projects for its own: `ps` and `ls` show them, `up -d` changes nothing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { loadComposeProject } from '../../../core/compose/load/load.ts';
import { composePeer } from '../../../lab/machine/compose-peer.ts';
import { ensureEngine } from '../../../lab/machine/engine.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const document = (images: { web: string; worker: string }) => `
services:
  web:
    image: ${images.web}
    restart: always
    ports: ["127.0.0.1::8080"]
    environment: { LEVEL: "<info> & more", PORT: 8080 }
    networks: [front, back]
    volumes: [data:/data, /scratch]
    healthcheck: { interval: 1s, test: ["CMD", "/bin/true"] }
    deploy: { resources: { limits: { memory: 64m, cpus: "0.5" } } }
  side:
    image: ${images.worker}
    network_mode: service:web
    depends_on: { web: { condition: service_healthy } }
    command: ["/bin/sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"]
    stop_grace_period: 3s
networks:
  front: {}
  back: { internal: true, labels: { a: b } }
volumes:
  data: { labels: { c: d } }
`;

test('docker compose 2.40.3 sees our project and its `up -d` changes nothing', async () => {
  await using rig = await DeviceRig.start();
  const images = await buildImages(rig);
  const { socket } = await ensureEngine();
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-peer-'));
  const yaml = document(images);
  writeFileSync(path.join(folder, 'compose.yaml'), yaml);
  const compose = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(composePeer('sid'), ['-p', rig.project, ...words], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: `unix://${socket}` },
    });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  const { model } = loadComposeProject({
    files: name => (name === 'compose.yaml' ? Buffer.from(yaml) : undefined),
    composeFiles: ['compose.yaml'],
    projectName: rig.project,
    workingDirectory: '/project',
    environment: {},
    profiles: [],
  });
  assert.ok(model !== undefined);
  const project = { ...makeProject(rig.project, { services: {} }), model };
  const { outcome } = await rig.pass([project]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  const before = (await rig.containers()).map(({ Id }) => Id).sort();
  assert.match(compose('ps', '--format', '{{.Service}}'), /web/);
  assert.match(compose('ls', '--format', 'json'), new RegExp(rig.project));
  compose('up', '-d');
  assert.deepEqual((await rig.containers()).map(({ Id }) => Id).sort(), before);
  assert.deepEqual((await rig.plan([project])).steps, []);
  rmSync(folder, { recursive: true, force: true });
});

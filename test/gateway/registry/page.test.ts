/** docs/guides/registry.md as it is written, before a registry that asks for a login over TLS. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { readFleetFile } from '../../../core/fleet/read-file.ts';
import { startRegistry } from '../../../lab/machine/registry.ts';
import { putImage } from '../../../lab/rig/oci-image.ts';
import { exampleFleet, repositoryOf, shown } from '../../core/fleet/example-fleet.ts';
import { makeState, TestGateway, testDevice } from '../rig/gateway.ts';
import { Certificates } from '../sinks/wire/certificates.ts';
import { Between, pin } from './rig.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/guides/registry.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);
const run = promisify(execFile);
const pump = testDevice('pump');
/** bcrypt of it. */
const password = 's3cret-of-the-registry';
const htpasswd = 'towline:$2y$05$abcdefghijklmnopqrstuuW1e3orFpi1hSyUIjjQsvB7886Cb.S5.\n';

test('the page’s registry, and what curl is answered by it', async () => {
  const authority = new Certificates();
  const registry = await startRegistry();
  try {
    await using between = await Between.open(registry.address, authority.issue('registry'));
    const web = await putImage(registry.address, 'pump/web', '1.4.2', [10]);
    await registry.requireLogin(htpasswd);
    writeFileSync(path.join(authority.folder, 'registry.password'), `${password}\n`);
    const text = (blocks('yaml')[0] ?? '')
      .replace('registry.internal.example.com', between.address)
      .replace('/etc/towline/registry-ca.pem', authority.caFile)
      .replaceAll('/etc/towline', authority.folder);
    const head = `apiVersion: towline/v1\nfleet: test\nanchor: "${'0'.repeat(40)}"\n`;
    const { file, problems } = readFleetFile('gateway', 'gateway.yaml', Buffer.from(`${head}${text}`));
    assert.deepEqual(problems, []);
    const { registries = {}, registryCache = {} } = file?.value ?? {};
    await using gateway = await TestGateway.start([pump], {}, makeState(), { registries, registryCache });
    const image = 'registry.example.com/pump/web:1.4.2';
    pin(gateway, [pump], { pump: [{ image, digest: web.digest }] });
    writeFileSync(path.join(authority.folder, 'tls.crt'), pump.keys.tlsCertificate);
    writeFileSync(path.join(authority.folder, 'tls.key'), pump.keys.tlsKey);
    const command = (blocks('sh').find(text => text.startsWith('curl ')) ?? '')
      .replaceAll('/var/lib/towline/keys', authority.folder)
      .replace('gateway.example.com:8443', `127.0.0.1:${gateway.port}`);
    const curl = async (line: string) => (await run('sh', ['-c', `${line.trim()} --silent`])).stdout;
    assert.equal(await curl(command), web.index.toString());
    assert.match(await curl(command.replace('1.4.2', 'latest')), /"DENIED".*GATEWAY_IMAGE_FORBIDDEN/);
    assert.match(await curl(command.replace(/pump\/web.*$/m, 'pump/web/tags/list')), /"UNSUPPORTED"/);
    writeFileSync(path.join(authority.folder, 'registry.password'), 'another\n');
    const layer = web.layers[0]?.digest ?? '';
    assert.match(
      await curl(command.replace('manifests/1.4.2', `manifests/${web.digest.replace(':', '-')}.sig`)),
      /GATEWAY_REGISTRY_UNREACHABLE/,
    );
    assert.match(
      await curl(command.replace('manifests/1.4.2', `blobs/${layer}`)),
      /GATEWAY_REGISTRY_UNREACHABLE/,
    );
  } finally {
    await registry.stop();
    authority.remove();
  }
});

test('what devices pull through it, as the page has it in the file of the fleet, of a group and of a device', async () => {
  const [, text = ''] = blocks('yaml');
  for (const file of ['fleet.yaml', 'groups/eu.yaml', 'devices/berlin/pump-1.yaml']) {
    const files = { ...exampleFleet, [file]: `${exampleFleet[file]}${text}` };
    const { state, problems } = await desiredState({ ...repositoryOf(files), device: 'pump-1' });
    assert.deepEqual(shown(problems), [], file);
    const images = { throughGateway: ['registry.example.com'], maxRateBytes: 512 * 1024 };
    assert.deepEqual(state?.settings.images, images, file);
  }
});

/** docs/guides/releases.md, typed line by line: a fleet of `towline init`, a real registry, a remote that is pushed to. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { startRegistry } from '../../../lab/machine/registry.ts';
import { pushIndex } from '../../rig/pushed-images.ts';
import { makeFleet } from '../fleet.ts';
import { git, run } from '../towline.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/guides/releases.md'), 'utf8');
/** What a reader types, block by block. */
const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, text = '']) => text);

test('the guide of releases does what it says, typed as written', async () => {
  const registry = await startRegistry();
  try {
    for (const name of ['web', 'worker'])
      for (const version of ['1.1.0', '1.2.0'])
        await pushIndex(registry.address, `hello/${name}`, version, { layer: gzipSync(version) });
    await using fleet = await makeFleet(['--registry', registry.address]);
    const remote = path.join(fleet.folder, 'remote.git');
    await git(fleet.folder, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
    await fleet.git('remote', 'add', 'origin', remote);
    await fleet.git('push', '--quiet', '--set-upstream', 'origin', 'main');
    const environment = { PATH: `${commandFolder}:${process.env.PATH}`, HOME: fleet.folder };
    const said: string[] = [];
    for (const block of blocks) {
      const { code, output, errors } = await run('sh', ['-euc', block], environment, fleet.directory);
      assert.equal(code, 0, `${block}${output}${errors}`);
      said.push(output + errors);
    }
    const expected = [
      /wrote apps\/hello\/releases\/1\.1\.0\/, groups\/canary\.yaml.*pump-3.*web — not there yet.*main -> main/s,
      /wrote apps\/hello\/releases\/1\.2\.0\//,
      /pump-1, pump-2 \(2 devices\).*wait for a maintenance window.*web — not there yet.*main -> main/s,
      /Revert "hello 1\.1\.0 for all".*main -> main/s,
      /\n {2}hello: downloads 1\.2\.0 ahead: 2 images — next in groups\/canary\.yaml\n.*main -> main/s,
      /^valid: acme at the working tree/,
      /FLEET_RELEASE_WITHDRAWN warning: .*loses the last reading at midnight \(on pump-3\)/,
    ];
    assert.equal(said.length, expected.length);
    for (const [at, pattern] of expected.entries()) assert.match(said[at] ?? '', pattern);
    const file = readFileSync(path.join(fleet.directory, 'apps/hello/releases/1.2.0/release.yaml'), 'utf8');
    assert.match(file, /breaking: move \/etc\/pump to the volume first/);
  } finally {
    await registry.stop();
  }
});

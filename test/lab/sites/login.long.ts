/** A lab with an OpenID provider: a person logs in by it, and the certificate opens the gateway. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { waitUntil } from '../../../lab/fleet/wait-until.ts';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { parseLabFile } from '../../../lab/sites/lab-file.ts';
import { labCommands } from '../../../lab/sites/lab-machine.ts';
import { makeLab } from '../../../lab/sites/make-lab.ts';

const file = parseLabFile(
  'lab.yaml',
  Buffer.from('apiVersion: towline/v1\nidentity: true\nsites: { hall: { devices: 1, engine: shared } }\n'),
);

test('a person logs in at the lab’s provider by `towline login`, and fetches with the certificate alone', async t => {
  requireCommands(labCommands);
  const scratch = mkdtempSync(path.join(tmpdir(), 'tl-login-'));
  const options = { name: `login${process.pid % 100_000}`, file, folder: path.join(scratch, 'lab') };
  const lab = await makeLab(options, AbortSignal.timeout(600_000));
  t.after(async () => {
    await lab.down();
    rmSync(scratch, { recursive: true, force: true });
  });
  const { desk, places } = lab;

  const login = lab.spawn('desk', ['towline', 'login', '--device', '--json'], { stdio: 'pipe' });
  const ended = once(login, 'exit');
  let said = '';
  login.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const [answer, [, address = '', code = '']] = await Promise.all([
    login.stdout === null ? '' : text(login.stdout),
    waitUntil('the code', () => /Open (\S+) in a browser, and type (\S+)/.exec(said) ?? undefined, {
      seen: () => said,
    }).then(async shown => {
      const words = [path.join(import.meta.dirname, 'browse.ts'), shown[1] ?? '', desk.name, shown[2] ?? ''];
      const environment = { NODE_EXTRA_CA_CERTS: places.authority };
      const { code: exit, stderr } = await lab.exec('desk', [process.execPath, ...words], { environment });
      assert.equal(exit, 0, stderr);
      return shown;
    }),
  ]);
  assert.deepEqual([(await ended)[0], address], [0, 'https://identity.lab.test/device'], said);
  assert.match(code, /^[A-Z]{4}-[A-Z]{4}$/);
  const { operator, key } = JSON.parse(answer);
  assert.equal(operator, desk.name);
  const known = path.join(places.home, 'known_hosts');
  const ssh = `ssh -F none -o UserKnownHostsFile=${known} -o IdentitiesOnly=yes -o BatchMode=yes -o IdentityAgent=none -i`;
  const url = `ssh://git@${lab.plan.gateways[0]?.host}:2222/fleet.git`;
  const withKey = (identity: string) =>
    lab.exec('desk', ['git', 'ls-remote', url, 'main'], {
      environment: { ...desk.environment, GIT_SSH_COMMAND: `${ssh} ${identity}` },
    });
  const head = await withKey(key);
  assert.equal(head.code, 0, head.stderr);
  assert.match(head.stdout, /refs\/heads\/main/);
});

/** Who may write `/tunnel` of a file, of a device, a group or the fleet, and nothing else, opens and narrows: no more. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mergedAccess } from '../../../core/access/merged-access.ts';
import { loadDevice } from '../../../core/fleet/load-device.ts';
import { desiredTunnel } from '../../../core/fleet/tunnel.ts';
import { exampleFleet, repositoryOf, shown, type Texts } from '../fleet/example-fleet.ts';

type Level = 'fleet' | 'group' | 'device';
const levels: readonly Level[] = ['fleet', 'group', 'device'];

const files: Readonly<Record<Level, { readonly path: string; readonly text: string }>> = {
  fleet: { path: 'fleet.yaml', text: String(exampleFleet['fleet.yaml']) },
  group: { path: 'groups/eu.yaml', text: 'apiVersion: towline/v1\n' },
  device: { path: 'devices/berlin/pump-1.yaml', text: 'apiVersion: towline/v1\ngroups: [eu]\n' },
};

/** What people in charge have written, and what the narrow person adds, by file: each a line of YAML. */
async function merged(lines: Readonly<Partial<Record<Level, readonly string[]>>>) {
  const changed: Record<string, string> = {};
  for (const level of levels)
    changed[files[level].path] = files[level].text + (lines[level] ?? []).map(line => `${line}\n`).join('');
  const { reader, commit } = repositoryOf({ ...exampleFleet, ...changed } satisfies Texts);
  const { layers, problems } = await loadDevice({ reader, commit, id: 'pump-1' });
  assert.deepEqual(shown(problems), []);
  assert.ok(layers);
  return { tunnel: desiredTunnel(layers), access: mergedAccess(layers) };
}

const places = (tunnel: Awaited<ReturnType<typeof merged>>['tunnel']) =>
  tunnel.targets.map(({ name, host, port }) => `${name} ${host}:${port}`);

describe('a narrow /tunnel person cannot widen', () => {
  for (const level of levels) {
    const wide = level === 'device' ? 'group' : 'device';

    test(`to a target that access does not name, by /tunnel of the ${level}`, async () => {
      const more = 'tunnel: { state: open, targets: [{ name: ssh, port: 22 }, { name: db, port: 5432 }] }';
      assert.deepEqual(places((await merged({ [level]: [more] })).tunnel), ['ssh 127.0.0.1:22']);
      const access = 'access: { targets: [{ name: web, port: 8080 }] }';
      const { tunnel } = await merged({ [wide]: [access], [level]: [more] });
      assert.deepEqual(places(tunnel), []);
    });

    test(`by leading a target elsewhere, by /tunnel of the ${level}`, async () => {
      const access = 'access: { targets: [{ name: web, port: 8080 }] }';
      for (const elsewhere of ['host: 10.0.0.7, port: 8080', 'port: 8081']) {
        const bent = `tunnel: { state: open, targets: [{ name: web, ${elsewhere} }] }`;
        assert.deepEqual(places((await merged({ [wide]: [access], [level]: [bent] })).tunnel), []);
      }
      const bent = 'tunnel: { state: open, targets: [{ name: ssh, host: 192.168.0.1, port: 22 }] }';
      assert.deepEqual(places((await merged({ [level]: [bent] })).tunnel), []);
      const same = 'tunnel: { state: open, targets: [{ name: web, host: 127.0.0.1, port: 8080 }] }';
      const { tunnel } = await merged({ [wide]: [access], [level]: [same] });
      assert.deepEqual(places(tunnel), ['web 127.0.0.1:8080']);
    });

    test(`to a person whom another file keeps out, by /tunnel of the ${level}`, async () => {
      const others = levels.filter(other => other !== level);
      for (const other of others) {
        const kept = { [other]: ['tunnel: { state: closed, allow: [alice, bob] }'] };
        const allow = async (names: string) =>
          (await merged({ ...kept, [level]: [`tunnel: { state: open, allow: ${names} }`] })).tunnel.allow;
        assert.deepEqual(await allow('[mallory, bob]'), ['bob']);
        assert.deepEqual(await allow('[mallory]'), []);
        const { tunnel } = await merged({ ...kept, [level]: ['tunnel: open'] });
        assert.deepEqual(tunnel.allow, ['alice', 'bob']);
      }
    });

    test(`what access gives, by anything below /tunnel of the ${level}`, async () => {
      const access =
        'access: { record: required, services: [{ app: web, service: web, operators: [alice] }], logins: [] }';
      const before = await merged({ [wide]: [access] });
      const long = 'tunnel: { state: open, until: 2099-01-01T00:00:00Z, reason: x, allow: [mallory] }';
      const after = await merged({ [wide]: [access], [level]: [long] });
      assert.deepEqual(after.access, before.access);
      assert.equal(after.tunnel.state, 'open');
    });

    for (const key of [
      'services',
      'logins',
      'record',
      'certificates',
      'viaGateway',
      'port',
      'share',
      'auditors',
    ])
      test(`by ${key} below /tunnel of the ${level}: no file has it there`, async () => {
        const changed = { [files[level].path]: `${files[level].text}tunnel: { state: open, ${key}: [] }\n` };
        const { reader, commit } = repositoryOf({ ...exampleFleet, ...changed });
        const { problems } = await loadDevice({ reader, commit, id: 'pump-1' });
        assert.match(shown(problems).join(), new RegExp(`FLEET_UNKNOWN_KEY.*${key}|FLEET_SCHEMA.*${key}`));
      });
  }
});

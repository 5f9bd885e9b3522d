/** `towline firewall`: rules from a fleet's own files, by the verb; compared with what a machine has loaded. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { helloFolder, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { run, towline } from '../towline.ts';
import { Namespaces } from './namespaces.ts';

const site = ['--dns', '10.77.0.1', '--ntp', 'none'];
const addresses = ['--address', 'registry.example.com=10.77.0.11'];

describe('towline firewall', () => {
  let fleet: TestFleet;

  before(async () => {
    fleet = await makeReleasedFleet();
    await fleet.write(
      `${helloFolder}/app.yaml`,
      'apiVersion: towline/v1\negress:\n  - { to: 10.20.0.0/16, ports: [502] }\n  - { to: mqtt.example.com, ports: [8883] }\n',
    );
    await fleet.write(
      `${helloFolder}/compose.yaml`,
      'services:\n  web:\n    image: registry.example.com/hello/web:1.0.0\n    ports: ["127.0.0.1:8001:80", "8080:80", "10.77.0.2:5353:53/udp"]\n  worker:\n    image: registry.example.com/hello/worker:1.0.0\n',
    );
  });
  after(() => fleet[Symbol.asyncDispose]());

  const device = (...options: readonly string[]) =>
    towline(['firewall', 'device', 'pump-1', '--worktree', ...options], {}, fleet.directory);

  test('a device: out to its gateway and registry, in to what its apps publish, apps by their egress', async () => {
    const { code, output, errors } = await device(
      ...site,
      ...addresses,
      '--address',
      'mqtt.example.com=10.77.0.30',
    );
    assert.equal(code, 0, errors);
    for (const line of [
      'ip daddr 127.0.0.1 tcp dport 8443 accept comment "gateway 127.0.0.1 tcp/8443"',
      'ip daddr 10.77.0.11 tcp dport 443 accept comment "registry registry.example.com tcp/443"',
      'tcp dport 8080 accept comment "app hello: published 8080/tcp"',
      'ip daddr 10.77.0.2 udp dport 5353 accept comment "app hello: published [10.77.0.2]:5353/udp"',
      'ip daddr 10.20.0.0/16 tcp dport 502 accept comment "app hello: 10.20.0.0/16 tcp/502"',
      'ip daddr 10.77.0.30 tcp dport 8883 accept comment "app hello: mqtt.example.com tcp/8883"',
    ])
      assert.ok(output.includes(`    ${line}\n`), `${line}\n${output}`);
    assert.doesNotMatch(output, /8001/, 'what is published on loopback is for nobody outside');
    assert.match(output, /^# {3}mqtt\.example\.com: 10\.77\.0\.30$/m);
    assert.match(output, /^table inet towline\ndelete table inet towline\ntable inet towline \{$/m);
    assert.deepEqual(
      output.match(/^(?:table|delete|flush|add)\b.*$/gm)?.filter(line => !line.includes('inet towline')),
      [],
    );
  });

  test('names without an address, and servers that nobody has named, are asked for before anything is printed', async () => {
    const unresolved = await device(...site, ...addresses, '--resolve', 'off');
    assert.equal(unresolved.code, 1);
    assert.match(unresolved.errors, /FIREWALL_UNRESOLVED.*mqtt\.example\.com/s);
    const unsaid = await device(...addresses);
    assert.equal(unsaid.code, 2);
    assert.match(unsaid.errors, /--dns ADDRESS and --ntp HOST/);
    for (const wrong of [
      ['--dns', 'ns.example.com', '--ntp', 'none'],
      [...site, '--ssh', '10.0.0.0/40'],
      [...site, '--ssh', 'any', '--ssh-port', '0'],
      [...site, '--to', 'x'],
      [...site, '--address', 'a=b'],
      [...site, '--check', '--output', 'x'],
      [...site, '--loaded', 'x'],
    ]) {
      const refused = await device(...wrong);
      assert.equal(refused.code, 2, `${wrong.join(' ')}: ${refused.errors}`);
    }
  });

  test('an egress that no rule could hold is a problem of the commit, with its line', async () => {
    const file = path.join(fleet.directory, helloFolder, 'app.yaml');
    const text = await readFile(file, 'utf8');
    try {
      await writeFile(file, text.replace('10.20.0.0/16', '10.20.0.0/99'));
      const { code, errors } = await device(...site, ...addresses);
      assert.equal(code, 1);
      assert.match(errors, /app\.yaml:3:\d+ FIREWALL_EGRESS/);
      for (const hostile of ['"x; accept"', '"a b"', '"1.1.1.1\\n accept"', '"$(id)"']) {
        await writeFile(file, text.replace('10.20.0.0/16', hostile));
        const refused = await device(...site, ...addresses);
        assert.equal(refused.code, 1);
        assert.match(refused.errors, /app\.yaml:3:\d+ FLEET_SCHEMA/);
      }
    } finally {
      await writeFile(file, text);
    }
  });

  test('--check says that nothing is loaded, that all is, what differs, and which names have moved', async () => {
    using spaces = new Namespaces();
    spaces.add('device');
    const file = path.join(fleet.folder, 'rules.nft');
    const options = [...site, ...addresses, '--address', 'mqtt.example.com=10.77.0.30'];
    const written = await device(...options, '--output', file);
    assert.equal(written.code, 0, written.errors);
    const nft = (...words: readonly string[]) => spaces.in('device', ['nft', ...words]);
    const check = (...more: readonly string[]) => {
      const words = ['firewall', 'device', 'pump-1', '--worktree', ...more, '--check', '--json'];
      const network = `--net=${spaces.pathOf('device')}`;
      return run('nsenter', [network, path.join(commandFolder, 'towline'), ...words], {}, fleet.directory);
    };
    const none = await check(...options);
    assert.deepEqual([none.code, JSON.parse(none.output).loaded], [1, false], none.errors);
    nft('add', 'table', 'inet', 'others');
    nft('-f', file);
    nft('-f', file);
    assert.match(nft('list', 'tables'), /table inet others/);
    const same = await check(...options);
    assert.deepEqual([same.code, JSON.parse(same.output).asPrinted], [0, true], same.output + same.errors);

    const moved = await check(...options.map(word => word.replace('10.77.0.30', '10.77.0.31')));
    assert.equal(moved.code, 1);
    const { stale, differences } = JSON.parse(moved.output);
    assert.equal(stale, true);
    assert.deepEqual(differences, [
      {
        ...{ kind: 'stale', chain: 'app-hello', rule: 'app hello: mqtt.example.com tcp/8883' },
        ...{ loaded: ['10.77.0.30'], now: ['10.77.0.31'] },
      },
    ]);
    // All the rules are there, and none does anything.
    nft('add', 'table', 'inet', 'towline', '{ flags dormant ; }');
    const dormant = await check(...options);
    assert.deepEqual([dormant.code, JSON.parse(dormant.output).asPrinted], [1, false], dormant.output);
    nft('-f', file);
    assert.equal((await check(...options)).code, 0);
    nft('insert', 'rule', 'inet', 'towline', 'input', 'tcp', 'dport', '4444', 'accept');
    const loaded = path.join(fleet.folder, 'loaded.json');
    await writeFile(loaded, nft('-j', 'list', 'table', 'inet', 'towline'));
    const opened = await device(...options, '--check', '--loaded', loaded);
    assert.equal(opened.code, 1);
    assert.match(opened.output, /^unknown {2}input: .*4444.* is loaded, and none of these rules$/m);
  });
});

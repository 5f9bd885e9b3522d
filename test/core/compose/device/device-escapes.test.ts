/** What an app's author writes to reach beyond the container, without any `engine` key: refused, with the key that allows it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { project } from '../../../../core/compose/attributes/project.ts';
import { checkForDevice } from '../../../../core/compose/device/device-check.ts';
import { judges } from '../../../../core/compose/device/judges.ts';
import { attributeVerdicts, verdictOf } from '../../../../core/compose/device/reference-table.ts';
import { subjectsOf } from '../../../../core/compose/device/subjects.ts';
import { formatProblem } from '../../../../core/errors.ts';
import type { EngineAllowance } from '../../../../schemas/types.generated.ts';
import { attributeRows } from '../../../../scripts/generate/compose-reference.ts';
import { load, modelOf } from '../project.ts';
import { attacks, logging, service } from './device-attacks.ts';

function check(text: string, allowance: EngineAllowance = {}): string[] {
  const { model, problems, positionOf } = load(text);
  assert.deepEqual(problems.map(formatProblem), []);
  assert.ok(model);
  return checkForDevice(model, allowance, positionOf).map(formatProblem);
}

/** Every key of `engine`, as far as it goes. */
const everything: Required<EngineAllowance> = {
  adopt: [],
  privileged: true,
  hostNamespaces: true,
  engineSocket: true,
  devices: ['/dev'],
  bindRoots: ['/'],
  runtimes: ['runc'],
  logDrivers: ['syslog', 'journald', '', 'json-file'],
  networkDrivers: ['macvlan', 'ipvlan', 'weave', 'dhcp'],
  subnets: ['0.0.0.0/0'],
  volumeDrivers: ['rexray'],
  volumeTypes: ['nfs', 'nfs4', 'cifs', 'smb3', 'ceph', '9p'],
};

const keysNamed = (lines: readonly string[]) =>
  lines.flatMap(line =>
    [...line.matchAll(/\(engine\.(\w+)\)/g)].map(match => match[1] as keyof EngineAllowance),
  );

describe('without any `engine` key is refused', () => {
  for (const [what, text, key] of attacks) {
    test(
      key === undefined ? `${what}, whatever the policy` : `${what}, and the refusal names engine.${key}`,
      () => {
        const found = check(text).filter(line => / COMPOSE_(POLICY|BIND)_REFUSED /.test(line));
        if (key === undefined) assert.notDeepEqual(found, [], 'taken');
        else
          assert.ok(
            found.some(line => line.includes(`engine.${key}`)),
            found.join('\n') || 'taken',
          );
      },
    );
  }
});

describe('the keys that a refusal names are those that lift it', () => {
  for (const [what, text, key] of attacks) {
    if (key === undefined) continue;
    test(what, () => {
      let allowance: EngineAllowance = {};
      for (let lines = check(text); lines.length > 0; lines = check(text, allowance)) {
        const lacking = keysNamed(lines).filter(name => allowance[name] === undefined);
        assert.notDeepEqual(lacking, [], lines.join('\n'));
        allowance = { ...allowance, ...Object.fromEntries(lacking.map(name => [name, everything[name]])) };
      }
    });
  }
});

describe('the table of shapes', () => {
  const rows = attributeRows(project).map(({ path }) => path);

  test('has a verdict for each attribute', () => {
    assert.deepEqual(
      rows.filter(row => verdictOf(row) === undefined),
      [],
    );
  });

  test('has a judge for each attribute that is by policy, and for no other', () => {
    const byPolicy = Object.entries(attributeVerdicts).filter(([, { verdict }]) => verdict === 'by policy');
    assert.deepEqual(Object.keys(judges).sort(), byPolicy.map(([row]) => row).sort());
  });

  for (const [row, judge] of Object.entries(judges)) {
    test(`${row}: some attack is refused by its judge, and the reference names the key`, () => {
      const found = attacks.flatMap(([, text]) =>
        subjectsOf(modelOf(text), row, {}, '/project').flatMap(subject => judge(subject)),
      );
      assert.notDeepEqual(found, []);
      const keys = keysNamed(found.map(({ message }) => message));
      const known: readonly string[] = attributeVerdicts[row]?.keys ?? [];
      assert.deepEqual(
        keys.filter(key => !known.includes(key)),
        [],
      );
    });
  }

  test('an attribute that nobody has looked at is refused', () => {
    const { model, positionOf } = load('services: {web: {image: nginx}}\n');
    assert.ok(model?.services.web);
    Object.assign(model.services.web, { new_attribute: 'x' });
    assert.match(checkForDevice(model, everything, positionOf).map(formatProblem)[0] ?? '', /new_attribute/);
  });
});

describe('where bind mounts below some folder are allowed is refused', () => {
  const roots = { bindRoots: ['/srv'] };
  test('a new security label for what lies there', () => {
    const text = service('volumes: ["/srv/x:/x:Z"]');
    assert.match(check(text, roots)[0] ?? '', /POLICY_REFUSED .*engine\.privileged/);
    assert.deepEqual(check(text, { ...roots, privileged: true }), []);
  });
  test('a log driver that is allowed, with a file or socket of the device elsewhere', () => {
    for (const value of [
      'unix:///run/docker.sock',
      'unixgram:///etc/x',
      '/etc/shadow',
      'file:///etc/shadow',
    ]) {
      const text = logging(`driver: syslog, options: {syslog-tls-ca-cert: "${value}"}`);
      assert.match(check(text, { ...roots, logDrivers: ['syslog'] })[0] ?? '', /REFUSED .*engine\./, value);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkForDevice } from '../../../../core/compose/device/device-check.ts';
import { attributeVerdicts } from '../../../../core/compose/device/reference-table.ts';
import { formatProblem } from '../../../../core/errors.ts';
import type { EngineAllowance } from '../../../../schemas/types.generated.ts';
import { load } from '../project.ts';

function check(text: string, allowance: EngineAllowance = {}): string[] {
  const { model, problems, positionOf } = load(text);
  assert.deepEqual(problems.map(formatProblem), []);
  assert.ok(model);
  return checkForDevice(model, allowance, positionOf).map(formatProblem);
}

/** A service with one attribute, on a line of its own. */
const service = (attribute: string, rest = '') =>
  `services:\n  web:\n    image: nginx\n    ${attribute}\n${rest}`;

/** A document for each attribute that no policy allows. */
const refused: Readonly<Record<string, string>> = {
  'services.*.build': service('build: .'),
  'services.*.provider': service('provider: {type: x}'),
  'services.*.models': service('models: [llm]', 'models: {llm: {model: m}}\n'),
  'services.*.use_api_socket': service('use_api_socket: true'),
  'services.*.credential_spec': service('credential_spec: {file: x}'),
  'services.*.cpu_count': service('cpu_count: 2'),
  'services.*.cpu_percent': service('cpu_percent: 50'),
  'services.*.isolation': service('isolation: hyperv'),
  'services.*.deploy.mode': service('deploy: {mode: global}'),
  'services.*.deploy.endpoint_mode': service('deploy: {endpoint_mode: dnsrr}'),
  'services.*.deploy.labels': service('deploy: {labels: [a=b]}'),
  'services.*.deploy.placement': service('deploy: {placement: {constraints: [x]}}'),
  'services.*.deploy.update_config': service('deploy: {update_config: {order: stop-first}}'),
  'services.*.deploy.rollback_config': service('deploy: {rollback_config: {parallelism: 1}}'),
  'services.*.deploy.resources.reservations.generic_resources': service(
    'deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: gpu, value: 1}}]}}}',
  ),
  'configs.*.external': service('configs: [c]', 'configs: {c: {external: true}}\n'),
  'configs.*.template_driver': service(
    'configs: [c]',
    'configs: {c: {file: ./c, template_driver: golang}}\n',
  ),
  'secrets.*.external': service('secrets: [s]', 'secrets: {s: {external: true}}\n'),
  'secrets.*.driver': service('secrets: [s]', 'secrets: {s: {driver: vault}}\n'),
  'secrets.*.driver_opts': service('secrets: [s]', 'secrets: {s: {driver: vault, driver_opts: {a: b}}}\n'),
  'secrets.*.template_driver': service(
    'secrets: [s]',
    'secrets: {s: {file: ./s, template_driver: golang}}\n',
  ),
};

describe('the device check refuses by name and position', () => {
  for (const [row, verdict] of Object.entries(attributeVerdicts)) {
    if (verdict.verdict !== 'refused') continue;
    test(`${row} whatever the policy`, () => {
      const text = refused[row];
      assert.ok(text, `no example for ${row}`);
      const all = {
        privileged: true,
        hostNamespaces: true,
        engineSocket: true,
        bindRoots: ['/'],
        devices: ['/dev'],
      };
      const found = check(text, all).filter(line => line.includes(` ${verdict.code} `));
      const attribute = row.split('.').at(-1) ?? '';
      assert.ok(
        found.some(line => /^compose\.yaml:[45]:\d+ /.test(line) && line.includes(attribute)),
        found.join('\n'),
      );
    });
  }

  const powers: readonly (readonly [string, string, EngineAllowance])[] = [
    ['privileged', service('privileged: true'), { privileged: true }],
    ['a capability beyond the engine set', service('cap_add: [SYS_ADMIN]'), { privileged: true }],
    ['all capabilities', service('cap_add: [ALL]'), { privileged: true }],
    ['seccomp switched off', service('security_opt: ["seccomp:unconfined"]'), { privileged: true }],
    ['cgroup_parent', service('cgroup_parent: /x'), { privileged: true }],
    ['device_cgroup_rules', service('device_cgroup_rules: ["a *:* rwm"]'), { privileged: true }],
    ['a privileged hook', service('post_start: [{command: x, privileged: true}]'), { privileged: true }],
    ['the host network', service('network_mode: host'), { hostNamespaces: true }],
    ['the host pid namespace', service('pid: host'), { hostNamespaces: true }],
    ['the host ipc namespace', service('ipc: host'), { hostNamespaces: true }],
    ['the host uts namespace', service('uts: host'), { hostNamespaces: true }],
    ['the host user namespace', service('userns_mode: host'), { hostNamespaces: true }],
    ['the host cgroup namespace', service('cgroup: host'), { hostNamespaces: true }],
    ['the network of a foreign container', service('network_mode: "container:x"'), { hostNamespaces: true }],
    ['volumes of a foreign container', service('volumes_from: ["container:x"]'), { hostNamespaces: true }],
    ['a device', service('devices: [/dev/ttyUSB0]'), { devices: ['/dev/ttyUSB0'] }],
    ['a GPU', service('gpus: all'), { devices: ['/dev/nvidia0'] }],
    ['a bind mount outside the app', service('volumes: ["/etc:/etc"]'), { bindRoots: ['/etc'] }],
    ['a bind mount by climbing', service('volumes: ["./../../etc:/etc"]'), { bindRoots: ['/etc'] }],
    ['a bind mount of the home', service('volumes: ["~/x:/x"]'), { bindRoots: ['/home/user'] }],
    ['the engine socket', service('volumes: ["/var/run/docker.sock:/s"]'), { engineSocket: true }],
    [
      'a secret of a host file',
      service('secrets: [s]', 'secrets: {s: {file: /etc/shadow}}\n'),
      { bindRoots: ['/etc'] },
    ],
    [
      'a volume that is a bind mount',
      service(
        'volumes: ["data:/d"]',
        'volumes: {data: {driver: local, driver_opts: {o: bind, type: none, device: /etc}}}\n',
      ),
      { bindRoots: ['/etc'] },
    ],
    [
      'a volume that is a disk',
      service('volumes: ["data:/d"]', 'volumes: {data: {driver_opts: {type: ext4, device: /dev/sda1}}}\n'),
      { devices: ['/dev/sda1'] },
    ],
  ];
  for (const [what, text, allowance] of powers) {
    test(`${what}, unless the policy allows it`, () => {
      const [line] = check(text);
      assert.match(line ?? '', /^compose\.yaml:[45]:\d+ COMPOSE_(POLICY|BIND)_REFUSED /);
      assert.deepEqual(check(text, allowance), []);
    });
  }

  test('the engine socket through a folder above it, even where that root is allowed', () => {
    for (const folder of ['/', '/run', '/var/run', '/var/run/./']) {
      const lines = check(service(`volumes: ["${folder}:/host"]`), { bindRoots: ['/'] });
      assert.match(lines[0] ?? '', /COMPOSE_POLICY_REFUSED.*engine's socket/, folder);
    }
  });

  test('a root that only begins like an allowed one', () => {
    assert.match(
      check(service('volumes: ["/srv2:/x"]'), { bindRoots: ['/srv'] })[0] ?? '',
      /COMPOSE_BIND_REFUSED/,
    );
    assert.match(
      check(service('devices: [/dev/ttyUSB01]'), { devices: ['/dev/ttyUSB0'] })[0] ?? '',
      /POLICY_REFUSED/,
    );
    assert.match(
      check(service('devices: [/dev/snd/../sda]'), { devices: ['/dev/snd'] })[0] ?? '',
      /POLICY_REFUSED/,
    );
  });

  test('a variable without name, which the last line of an env file makes', () => {
    const found = check(service('environment: ["=x"]'));
    assert.match(found[0] ?? '', /^compose\.yaml:4:\d+ COMPOSE_UNSUPPORTED .*needs a newline behind it/);
  });

  test('an overlay network, a volume type of another system, a pull policy that builds, a network named x-…', () => {
    const lines = [
      service('networks: [far]', 'networks: {far: {driver: overlay}}\n'),
      service('volumes: [{type: npipe, source: a, target: b}]'),
      service('pull_policy: build'),
      service('networks: [x-far]', 'networks: {x-far: {}}\n'),
    ].map(text => check(text)[0] ?? '');
    for (const line of lines) assert.match(line, /^compose\.yaml:[45]:\d+ COMPOSE_UNSUPPORTED /);
  });
});

describe('the device check takes', () => {
  test('what an ordinary project asks for', () => {
    const text = [
      'services:',
      '  web:',
      '    image: nginx',
      '    volumes: ["./conf:/etc/nginx:ro", "data:/data"]',
      '    ports: ["80:80"]',
      '    cap_add: [NET_BIND_SERVICE]',
      '    cap_drop: [ALL]',
      '    security_opt: [no-new-privileges:true]',
      '    deploy: {replicas: 1, mode: replicated, resources: {limits: {memory: 64m}}}',
      '    configs: [c]',
      '    pid: service:db',
      '    network_mode: none',
      '  db: {image: postgres, ipc: shareable}',
      'volumes: {data: {driver_opts: {type: tmpfs, o: "size=1m,nosuid", device: tmpfs}}}',
      'configs: {c: {content: hello}}',
      '',
    ].join('\n');
    assert.deepEqual(check(text), []);
  });
});

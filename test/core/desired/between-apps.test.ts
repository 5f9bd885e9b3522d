import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { portsMeet } from '../../../core/desired/engine-names.ts';
import { digest, exampleFleet, repositoryOf, shown, type Texts } from '../fleet/example-fleet.ts';

const image = `image: registry.example.com/app:1@${digest('a')}`;
const host = 'engine: {hostNamespaces: true, privileged: true}';
const fleet: Texts = {
  'fleet.yaml': exampleFleet['fleet.yaml'],
  'devices/pump-1.yaml': `apiVersion: towline/v1\n${host}\napps:\n  bank: {}\n  evil: {}\n`,
  'apps/bank/compose.yaml': [
    'services:',
    '  db:',
    `    ${image}`,
    '    volumes: [data:/data, named:/named]',
    '    ports: ["5432:5432"]',
    '    networks: {default: , meeting: {aliases: [vault], ipv4_address: 10.9.0.7, ipv6_address: "fd00::7"}}',
    '  web:',
    `    ${image}`,
    '    container_name: counter',
    'volumes: {data: , named: {name: ledger}}',
    'networks: {meeting: {external: true}}',
    '',
  ].join('\n'),
  'apps/gone/compose.yaml': `services: {app: {${image}}}\n`,
};

/** The Compose file of `evil`: a service, and what stands at the top. */
const evil = (service: string, top = '') => `services:\n  app:\n    ${image}\n    ${service}\n${top}\n`;

async function problems(text: string, more: Texts = {}, projectPrefix = ''): Promise<string[]> {
  const { reader, commit } = repositoryOf({ ...fleet, 'apps/evil/compose.yaml': text, ...more });
  return shown((await desiredState({ reader, commit, device: 'pump-1', projectPrefix })).problems);
}

const network = (definition: string) => evil('networks: [n]', `networks: {n: {${definition}}}`);
const volume = (definition: string) => evil('volumes: ["vol:/v"]', `volumes: {vol: {${definition}}}`);
const refused = /apps\/evil\/compose\.yaml:\d+:\d+ COMPOSE_OF_ANOTHER_APP /;

const others: Record<string, string> = {
  'a volume, external': volume('external: true, name: bank_data'),
  'a volume, external by its key': evil(
    'volumes: ["bank_data:/v"]',
    'volumes: {bank_data: {external: true}}',
  ),
  'a volume by its name': volume('name: bank_data'),
  'a volume that has a name of its own': volume('name: ledger'),
  'a volume that has a name of its own, external': volume('name: ledger, external: true'),
  'a volume of an app that this device has not': volume('external: true, name: gone_data'),
  'a network, external': network('external: true, name: bank_default'),
  'a network by its name': network('name: bank_default'),
  'a network of an app that this device has not': network('external: true, name: gone_default'),
  'a network as network_mode': evil('network_mode: bank_default'),
  'a container’s network': evil('network_mode: "container:bank-db-1"'),
  'a container’s processes': evil('pid: "container:bank-db-1"'),
  'a container’s memory': evil('ipc: "container:counter"'),
  'a container’s volumes': evil('volumes_from: ["container:bank-db-1"]'),
  'a container’s volumes, to read': evil('volumes_from: ["container:counter:ro"]'),
  'a container as a link': evil('external_links: ["bank-db-1:db"]'),
  'a container that has a name of its own, as a link': evil('external_links: [counter]'),
  'the name of a container': evil('container_name: bank-db-1'),
  'the name that another container has': evil('container_name: counter'),
  'the name of a container that may come': evil('container_name: gone-app-1'),
  'the port of another one': evil('ports: ["5432:80"]'),
  'the port of another one on one address': evil('ports: ["127.0.0.1:5432:80"]'),
  'the port of another one among several': evil('ports: ["5430-5440:80"]'),
  'the port of another one, its protocol in capitals': evil(
    'ports: [{target: 80, published: "5432", protocol: TCP}]',
  ),
  'the name of a service that others of its app look for, as one’s own on a network of both': evil(
    'networks: [meeting]',
    'networks: {meeting: {external: true}}',
  ).replace('  app:', '  web:'),
  'an address of another one in other letters': evil(
    'networks: {meeting: {ipv6_address: "FD00:0:0::7"}}',
    'networks: {meeting: {external: true}}',
  ),
  'an alias of another one on a network of both': evil(
    'networks: {meeting: {aliases: [vault]}}',
    'networks: {meeting: {external: true}}',
  ),
  'a container’s name as an alias on a network of both': evil(
    'networks: {meeting: {aliases: [bank-db-1]}}',
    'networks: {meeting: {external: true}}',
  ),
  'an address of another one on a network of both': evil(
    'networks: {meeting: {ipv4_address: 10.9.0.7}}',
    'networks: {meeting: {external: true}}',
  ),
};

describe('what one app names', () => {
  for (const [what, text] of Object.entries(others)) {
    test(`${what}: refused where it is another app’s`, async () => {
      const found = await problems(text);
      assert.match(found.join('\n'), refused, what);
    });
  }

  test('is judged behind the prefix of the agent too', async () => {
    for (const prefix of ['edge-', 'edge_', 'e_d-g']) {
      const name = `${prefix}bank_data`;
      assert.match(
        (await problems(volume(`external: true, name: "${name}"`), {}, prefix)).join(),
        refused,
        prefix,
      );
      assert.match(
        (await problems(evil(`container_name: ${prefix}bank-db-1`), {}, prefix)).join(),
        refused,
        prefix,
      );
    }
  });

  test('is no id of the engine: a network, volume or container by the beginning of one would be anybody’s', async () => {
    const id = 'c0ffee'.repeat(10).concat('abcd');
    for (const text of [
      network(`external: true, name: ${id}`),
      network('external: true, name: c0ffee'),
      network('external: true, name: "3"'),
      network(`name: ${id}`),
      volume(`external: true, name: ${id}`),
      evil(`network_mode: "container:${id}"`),
      evil('pid: "container:c0ff"'),
      evil('volumes_from: ["container:c0ff"]'),
      evil('external_links: ["c0ff:db"]'),
      evil('network_mode: c0ffee'),
    ])
      assert.match((await problems(text)).join('\n'), /apps\/evil\/compose\.yaml:\d+:\d+ COMPOSE_/, text);
  });

  test('is a plain name: the engine’s own paths would take anything else', async () => {
    for (const name of [
      'ledger/connect?x',
      '../volumes/ledger',
      '/bank-db-1',
      'a b',
      'ledger%00',
      '-x',
      'lédger',
    ]) {
      const quoted = JSON.stringify(name);
      for (const text of [
        network(`external: true, name: ${quoted}`),
        network(`name: ${quoted}`),
        volume(`external: true, name: ${quoted}`),
        evil(`network_mode: ${quoted}`),
        evil(`container_name: ${quoted}`),
        evil(`pid: ${JSON.stringify(`container:${name}`)}`),
      ])
        assert.match((await problems(text)).join('\n'), /apps\/evil\/compose\.yaml:\d+:\d+ COMPOSE_/, text);
    }
  });

  test('is no label that says whose a thing is, wherever it stands', async () => {
    for (const label of [
      'io.towline.project',
      'io.towline.volumes',
      'com.docker.compose.project',
      'IO.Towline.device',
    ]) {
      const texts: [string, Texts?][] = [
        [evil(`labels: {${label}: bank}`)],
        [evil(`labels: ["${label}=bank"]`)],
        [evil('label_file: [l.env]'), { 'apps/evil/l.env': `${label}=bank\n` }],
        [network(`labels: {${label}: bank}`)],
        [volume(`labels: {${label}: bank}`)],
        [evil(`volumes: [{type: volume, target: /v, volume: {labels: {${label}: bank}}}]`)],
        [
          evil('extends: {file: base.yaml, service: base}'),
          {
            'apps/evil/base.yaml': `services: {base: {labels: {${label}: bank}}}\n`,
          },
        ],
      ];
      for (const [text, files] of texts)
        assert.match(
          (await problems(text, files)).join('\n'),
          /apps\/evil\/\S+ COMPOSE_LABEL_RESERVED /,
          text,
        );
    }
  });

  test('is no project of its own choice', async () => {
    assert.match((await problems(`name: bank\n${evil('hostname: x')}`)).join('\n'), refused);
    assert.deepEqual(await problems(`name: evil\n${evil('hostname: x')}`), []);
  });

  test('goes where it is nobody’s, or its own: networks and volumes that no app owns are shared as before', async () => {
    for (const text of [
      network('external: true, name: proxy'),
      network('external: true, name: front_door'),
      network('external: true, name: meeting'),
      network('name: evil_other'),
      volume('external: true, name: shared-data'),
      volume('name: evil_other'),
      volume('name: mine'),
      evil('container_name: mine'),
      evil('container_name: evil-app-1'),
      evil('network_mode: none'),
      evil('network_mode: bridge'),
      evil('network_mode: host'),
      evil('network_mode: "container:proxy"'),
      evil('labels: {traefik.enable: "true", com.example.io.towline.x: y}'),
      evil('networks: {meeting: {aliases: [mine]}}', 'networks: {meeting: {external: true}}'),
      evil('ports: ["5433:80", "80"]'),
      // The engine publishes nothing there.
      evil('ports: ["5432:80"]\n    network_mode: host'),
    ])
      assert.deepEqual(await problems(text), [], text);
  });

  test('goes where its owner says that others may attach, and only there', async () => {
    const proxy = (more: string) => ({
      'apps/bank/compose.yaml': `services: {p: {${image}, networks: [front]}}\nnetworks: {front: {${more}}}\n`,
    });
    const uses = network('external: true, name: bank_front');
    assert.deepEqual(await problems(uses, proxy('attachable: true')), []);
    assert.match((await problems(uses, proxy('attachable: false'))).join(), refused);
    assert.match((await problems(network('name: bank_front'), proxy('attachable: true'))).join(), refused);
  });

  test('goes where two apps have one service each of the same name on a proxy’s network', async () => {
    const app = `services: {web: {${image}, networks: [default, proxy]}}\nnetworks: {proxy: {external: true}}\n`;
    assert.deepEqual(await problems(app, { 'apps/bank/compose.yaml': app }), []);
    const two = `services: {web: {${image}, networks: [proxy]}, db: {${image}}}\nnetworks: {proxy: {external: true}}\n`;
    assert.deepEqual(await problems(app, { 'apps/bank/compose.yaml': two }), []);
    const taken = app.replace('{web:', '{db:');
    assert.match((await problems(taken, { 'apps/bank/compose.yaml': two })).join(), refused);
  });

  test('of files ends at its own folder', async () => {
    const outside = [
      '../bank/compose.yaml',
      '../../secrets/bank.env',
      '../../fleet.yaml',
      '/secrets/bank.env',
    ];
    for (const file of outside) {
      const whole = evil('hostname: x');
      for (const text of [
        `include: ["${file}"]\n${whole}`,
        evil(`extends: {file: "${file}", service: db}`),
        evil(`env_file: ["${file}"]`),
        evil(`label_file: ["${file}"]`),
        evil('configs: [c]', `configs: {c: {file: "${file}"}}`),
        evil('secrets: [c]', `secrets: {c: {file: "${file}"}}`),
        evil(`volumes: ["${file}:/x"]`),
      ])
        assert.match((await problems(text)).join('\n'), /apps\/evil\/compose\.yaml:?\S* COMPOSE_/, text);
    }
  });

  test('is its own by the names that Compose gives, where one app’s name begins like another’s', async () => {
    const more = {
      'devices/pump-1.yaml': 'apiVersion: towline/v1\napps:\n  web: {}\n  web-api: {}\n',
      'apps/web/compose.yaml': `services: {api-db: {${image}}, db: {${image}, volumes: ["api_data:/d"]}}\nvolumes: {api_data: }\n`,
      'apps/web-api/compose.yaml': `services: {app: {${image}, volumes: ["data:/d"]}}\nvolumes: {data: }\n`,
    };
    assert.deepEqual(await problems(evil('hostname: x'), more), []);
    const same = { ...more, 'apps/web-api/compose.yaml': `services: {db: {${image}}}\n` };
    assert.match((await problems(evil('hostname: x'), same)).join(), /COMPOSE_OF_ANOTHER_APP .*web-api-db-1/);
  });
});

test('one port on all addresses of IPv4 is another than on those of IPv6', () => {
  const at = (hostIp: string) => ({ from: 80, to: 80, hostIp, protocol: 'tcp', at: [] });
  const meet = (one: string, other: string) => portsMeet(at(one), at(other)) && portsMeet(at(other), at(one));
  const pairs = [
    ['', ''],
    ['', '0.0.0.0'],
    ['', '[::]'],
    ['', '10.0.0.1'],
    ['', '[fd00::1]'],
    ['0.0.0.0', '10.0.0.1'],
    ['[::]', '[fd00::1]'],
  ] as const;
  for (const [one, other] of pairs) assert.ok(meet(one, other), `${one} ${other}`);
  for (const [one, other] of [
    ['0.0.0.0', '[::]'],
    ['[::]', '10.0.0.1'],
    ['0.0.0.0', '[fd00::1]'],
    ['10.0.0.1', '10.0.0.2'],
  ] as const)
    assert.ok(!meet(one, other), `${one} ${other}`);
});

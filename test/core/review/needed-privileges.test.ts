/** What a project asks for, as a branch would like it not to be seen. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { newPrivileges, weightOf } from '../../../core/review/needed-privileges.ts';
import { exampleFleet, repositoryOf, type Texts } from '../fleet/example-fleet.ts';

const compose = 'apps/web/releases/1.0.0/compose.yaml';
const engine =
  'engine: { privileged: true, engineSocket: true, bindRoots: [/], devices: [/dev/mem, /dev/ttyS0] }\n';

async function projectsOf(texts: Texts) {
  const { reader, commit } = repositoryOf({
    ...exampleFleet,
    'groups/eu.yaml': `${exampleFleet['groups/eu.yaml']}${engine}`,
    ...texts,
  });
  const { state, problems } = await desiredState({ reader, commit, device: 'pump-1' });
  assert.deepEqual(problems, []);
  return state?.projects ?? [];
}

const file = (...lines: string[]) => ({
  [compose]: ['services:', '  web:', '    image: registry.example.com/web:1.0.0', ...lines, ''].join('\n'),
});

/** Of a branch that adds these lines to a service, or instead of others. */
async function asked(after: readonly string[], before: readonly string[] = []): Promise<string[]> {
  const found = newPrivileges(await projectsOf(file(...before)), await projectsOf(file(...after)));
  return found.map(({ of, what }) => `${of}: ${what}`);
}

describe('what is asked for that was not before', () => {
  test('is root, by whichever word the engine takes for it', async () => {
    for (const user of ['root', '0', '0:1000', '00', '+0', '-0', ':5'])
      assert.deepEqual(
        await asked([`    user: "${user}"`], ['    user: "1000"']),
        ['web/web: runs as root'],
        user,
      );
    assert.deepEqual(await asked(['    user: "1000"']), []);
  });

  test('is the user of the image where the one that was named is blank now, or a variable without a value', async () => {
    for (const user of ['""', '"$' + '{NOBODY:-}"'])
      assert.deepEqual(
        await asked([`    user: ${user}`], ['    user: "1000"']),
        ['web/web: runs as the user of its image'],
        user,
      );
  });

  test('is root in a hook beside a service that is not', async () => {
    for (const hook of ['post_start', 'pre_stop'])
      assert.deepEqual(
        await asked(
          ['    user: "1000"', `    ${hook}: [{ command: [id], user: root }]`],
          ['    user: "1000"'],
        ),
        [`web/web: runs ${hook} by root`],
      );
  });

  test('is seen whatever the names around it are', async () => {
    assert.deepEqual(await asked(['    annotations: { "io.podman: x": "1" }']), [
      'web/web: annotation io.podman: x (engine.privileged)',
    ]);
    assert.deepEqual(await asked(['    annotations: { "a b": "1" }']), [
      'web/web: annotation a b (engine.privileged)',
    ]);
  });

  test('of a path is where it lies, without what makes it long', async () => {
    const [long] = await asked([`    volumes: ["/${'./'.repeat(200)}etc:/data"]`]);
    assert.equal(long, 'web/web: path /etc of the device, to write');
    const sockets = await asked([`    volumes: ["/${'./'.repeat(200)}run/docker.sock:/data"]`]);
    assert.deepEqual(
      sockets.map(each => weightOf({ of: '', what: each })),
      [0, 2],
    );
  });

  test('of a device’s file is which, without what makes it long', async () => {
    assert.deepEqual(await asked([`    devices: ["/dev/${'./'.repeat(100)}mem:/dev/null", "/dev/ttyS0"]`]), [
      'web/web: device /dev/mem (engine.devices)',
      'web/web: device /dev/ttyS0 (engine.devices)',
    ]);
  });

  test('is a volume or a network that is not of the app', async () => {
    const found = newPrivileges(
      await projectsOf(file()),
      await projectsOf({
        [compose]: [
          String(file()[compose]).trimEnd(),
          '    networks: [site]',
          '    volumes: ["books:/books"]',
          'networks: { site: { external: true } }',
          'volumes: { books: { external: true, name: ledger } }',
          '',
        ].join('\n'),
      }),
    );
    assert.deepEqual(
      found.map(({ of, what }) => `${of}: ${what}`),
      ['web: network site, which others made', 'web: volume ledger, which others made'],
    );
  });

  test('is what docker compose runs, where the app takes it over', async () => {
    const adopting = 'apps/web/releases/1.0.0/app.yaml';
    const own = 'devices/berlin/pump-1.yaml';
    const allowed = { ...file(), [own]: `${exampleFleet[own]}engine: { adopt: [web] }\n` };
    const before = await projectsOf({ ...allowed, [adopting]: 'apiVersion: towline/v1\n' });
    const after = await projectsOf({ ...allowed, [adopting]: 'apiVersion: towline/v1\nadopt: true\n' });
    const found = newPrivileges(before, after);
    assert.deepEqual(found, [{ of: 'web', what: 'what docker compose runs as web (engine.adopt)' }]);
    assert.deepEqual(newPrivileges(after, before), []);
    assert.deepEqual(found.map(weightOf), [1]);
  });

  test('is what an app may reach that it might not: added, widened, and nothing that was let out already', async () => {
    const appFile = 'apps/web/releases/1.0.0/app.yaml';
    const projects = (egress: string) =>
      projectsOf({
        ...file(),
        [appFile]: `apiVersion: towline/v1\n${egress === '' ? '' : `egress: ${egress}\n`}`,
      });
    const asks = async (before: string, after: string) =>
      newPrivileges(await projects(before), await projects(after)).map(({ of, what }) => `${of}: ${what}`);
    const any = 'web: may reach whatever the device does not refuse (egress: any)';
    const net = '{ to: 10.20.0.0/16, ports: [502, 8000-8010] }';
    assert.deepEqual(await asks('', 'any'), [any]);
    assert.deepEqual(await asks(`[${net}]`, 'any'), [any]);
    assert.deepEqual(await asks('', `[${net}, { to: MQTT.example.com, protocol: any }]`), [
      'web: may reach 10.20.0.0/16, tcp 502, 8000-8010 (egress)',
      'web: may reach mqtt.example.com, any (egress)',
    ]);
    for (const less of [
      'none',
      '',
      '[{ to: 10.20.3.0/24, ports: [8001-8002] }]',
      '[{ to: 10.20.0.7, ports: [502] }]',
    ])
      assert.deepEqual(await asks(`[${net}]`, less), [], less);
    for (const more of [
      '10.0.0.0/8, ports: [502]',
      '10.20.0.7',
      '10.20.0.7, ports: [501-502]',
      '10.20.0.7, ports: [502], protocol: udp',
    ])
      assert.equal((await asks(`[${net}]`, `[{ to: ${more} }]`)).length, 1, more);
    // No rule of `any` lets out to the metadata of a cloud.
    for (const wide of ['any', '[{ to: 0.0.0.0/0 }]'])
      assert.deepEqual(await asks(wide, '[{ to: 169.254.169.254, ports: [80] }]'), [
        'web: may reach 169.254.169.254, tcp 80 (egress)',
      ]);
    assert.deepEqual(await asks('any', '[{ to: 10.20.0.7 }]'), []);
    assert.deepEqual([weightOf({ of: 'web', what: any.slice('web: '.length) })], [2]);
  });

  test('is the same whichever way it has come: anchors, merge keys, what is extended, included, overridden, a variable', async () => {
    const image = '    image: registry.example.com/web:1.0.0';
    const folder = 'apps/web/releases/1.0.0';
    const ways: Record<string, Texts> = {
      'a merge key': {
        [compose]: [
          'x-power: &power { privileged: true }',
          'services:',
          '  web:',
          image,
          '    <<: *power',
          '',
        ].join('\n'),
      },
      'what it extends': {
        [compose]: ['services:', '  web:', image, '    extends: { file: base.yaml, service: base }', ''].join(
          '\n',
        ),
        [`${folder}/base.yaml`]: 'services:\n  base: { privileged: true }\n',
      },
      'what is included': {
        [compose]: 'include: [more.yaml]\n',
        [`${folder}/more.yaml`]: ['services:', '  web:', image, '    privileged: true', ''].join('\n'),
      },
      'a variable of .env': {
        [compose]: ['services:', '  web:', image, '    privileged: $' + '{POWER:-false}', ''].join('\n'),
        [`${folder}/.env`]: 'POWER=true\n',
      },
      'a variable of the device': {
        [compose]: ['services:', '  web:', image, '    privileged: $' + '{POWER:-false}', ''].join('\n'),
        'devices/berlin/pump-1.yaml': 'apiVersion: towline/v1\ngroups: [eu]\nvariables: { POWER: "true" }\n',
      },
      'a profile that the device has': {
        [compose]: ['services:', '  web:', image, '    profiles: [p]', '    privileged: true', ''].join('\n'),
        'devices/berlin/pump-1.yaml':
          'apiVersion: towline/v1\ngroups: [eu]\napps: { web: { profiles: [p] } }\n',
      },
    };
    const before = await projectsOf(file());
    for (const [way, texts] of Object.entries(ways))
      assert.deepEqual(
        newPrivileges(before, await projectsOf(texts)),
        [{ of: 'web/web', what: 'privileged (engine.privileged)' }],
        way,
      );
  });
});

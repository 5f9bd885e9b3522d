/** What rules say, without a kernel: gateways, registries, proxies, networks that are no app's own. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gatewayFacts, registryFacts } from '../../../core/firewall/gateway-facts.ts';
import { type FirewallQuestion, namesToResolve, rulesetOf } from '../../../core/firewall/rules.ts';
import type { GatewayFile } from '../../../schemas/types.generated.ts';
import { appWith, deviceQuestion } from './facts.ts';

const file: GatewayFile = { apiVersion: 'towline/v1', fleet: 'acme', anchor: '0'.repeat(40) };
const site = { dns: ['10.1.0.1'], ntp: ['10.1.0.1'] };

/** chain → `match verdict` of its rules that let something through by an address or a port. */
function said(question: FirewallQuestion, addresses = new Map<string, readonly string[]>()) {
  const { chains, notes } = rulesetOf(question, addresses);
  const lines = (name: string) =>
    (chains.find(chain => chain.name === name)?.rules ?? [])
      .map(({ match, verdict }) => [...match, verdict].join(' '))
      .filter(line => /dport|daddr|jump/.test(line) && !/sport/.test(line));
  return { lines, notes, chains: chains.map(({ name }) => name) };
}

describe('rules of a gateway', () => {
  test('by default devices and people come in, with a limit for each address, and health for nobody', () => {
    const { lines } = said({ kind: 'gateway', facts: gatewayFacts(file, undefined, site) });
    const limit = (port: number, name: string, rate: number) =>
      `meta nfproto ipv4 tcp dport ${port} ct state new add @seen-${name}-ipv4 { ip saddr limit rate over ${rate}/minute burst ${rate} packets } drop`;
    assert.deepEqual(lines('input'), [
      limit(8443, 'devices', 6000),
      'meta nfproto ipv4 tcp dport 8443 accept',
      limit(2222, 'people', 120),
      'meta nfproto ipv4 tcp dport 2222 accept',
    ]);
    assert.deepEqual(lines('output'), [
      'ip daddr 10.1.0.1 tcp dport 53 accept',
      'ip daddr 10.1.0.1 udp dport 53 accept',
      'ip daddr 10.1.0.1 udp dport 123 accept',
    ]);
  });

  test('what gateway.yaml names is reached: forge, registries, provider, sinks, who is told', () => {
    const asks: GatewayFile = {
      ...file,
      listen: {
        devices: '[::]:443',
        people: '10.2.0.1:22',
        internal: '0.0.0.0:8080',
        webhooks: '0.0.0.0:8081',
      },
      upstream: { url: 'git@forge.example.com:acme/fleet.git' },
      registries: { main: { url: 'https://registry.example.com:5000' } },
      oidc: { issuer: 'https://login.example.com', clientId: 'x', keyFile: '/k' },
      sinks: { logs: { kind: 'syslog', address: 'logs.example.com:514' } },
    };
    const ports = { from: 20_000, to: 20_099, host: '0.0.0.0' };
    const fleet = { apiVersion: 'towline/v1' as const, name: 'acme', gateways: [], tunnels: { ports } };
    const from = { internal: ['10.3.0.5'], tunnels: ['10.8.0.0/16'], people: ['10.8.0.0/16', 'fd08::/16'] };
    const question = { kind: 'gateway', facts: gatewayFacts(asks, fleet, { ...site, from }) } as const;
    const names = namesToResolve(question);
    assert.deepEqual(names, [
      'forge.example.com',
      'login.example.com',
      'logs.example.com',
      'registry.example.com',
    ]);
    const { lines, notes } = said(question, new Map(names.map((name, at) => [name, [`10.9.0.${at + 1}`]])));
    const opened = lines('input').filter(line => !line.includes('seen'));
    assert.deepEqual(opened, [
      'tcp dport 443 accept',
      'ip saddr 10.8.0.0/16 ip daddr 10.2.0.1 tcp dport 22 accept',
      'ip saddr 10.3.0.5 meta nfproto ipv4 tcp dport 8080 accept',
      'ip saddr 10.8.0.0/16 meta nfproto ipv4 tcp dport 20000-20099 accept',
    ]);
    assert.deepEqual(notes, ['webhooks: port 8081 is closed; --from webhooks=RANGE opens it']);
    for (const line of [
      'ip daddr 10.9.0.1 tcp dport 22 accept',
      'ip daddr 10.9.0.2 tcp dport 443 accept',
      'ip daddr 10.9.0.3 udp dport 514 accept',
      'ip daddr 10.9.0.4 tcp dport 5000 accept',
    ])
      assert.ok(lines('output').includes(line), line);
  });
});

test('a registry is for its gateways, and for who is named', () => {
  const facts = registryFacts(['10.1.0.10', 'fd01::10'], { ...site, port: 5000, from: ['10.2.0.0/24'] });
  assert.deepEqual(said({ kind: 'registry', facts }).lines('input'), [
    'ip saddr 10.1.0.10 tcp dport 5000 accept',
    'ip6 saddr fd01::10 tcp dport 5000 accept',
    'ip saddr 10.2.0.0/24 tcp dport 5000 accept',
  ]);
});

describe('rules of a device', () => {
  test('behind a proxy it reaches the proxy, and the names of gateways are not asked for', () => {
    const question = deviceQuestion([], {
      site: { ...site, proxy: { host: 'proxy.example.com', port: 3128 } },
    });
    assert.deepEqual(namesToResolve(question), ['proxy.example.com']);
    const { lines } = said(question, new Map([['proxy.example.com', ['10.1.0.3']]]));
    assert.equal(lines('output')[0], 'ip daddr 10.1.0.3 tcp dport 3128 accept');
  });

  test('images that come through the gateway open no registry; those of Docker Hub name its hosts', () => {
    const services = {
      web: { image: 'registry.example.com/a/web@sha256:1' },
      db: { image: 'postgres@sha256:1' },
    };
    const question = deviceQuestion([appWith('a', { services })]);
    const hub = ['auth.docker.io', 'production.cloudflare.docker.com', 'registry-1.docker.io'];
    assert.deepEqual(namesToResolve(question), [
      ...hub.slice(0, 1),
      'gw.example.com',
      ...hub.slice(1),
      'registry.example.com',
    ]);
    const { settings } = question.state;
    const images = { throughGateway: ['registry.example.com', 'docker.io'], maxRateBytes: undefined };
    const through = deviceQuestion([appWith('a', { services })], {
      state: { settings: { ...settings, images } },
    });
    assert.deepEqual(namesToResolve(through), ['gw.example.com']);
  });

  test('what no rule can hold is said: ports that the engine chooses, networks of others, the host’s own', () => {
    const services = {
      web: { image: 'r.example.com/x', ports: [{ target: 80, protocol: 'tcp' }], networks: { shared: null } },
      agent: { image: 'r.example.com/x', network_mode: 'host' },
      eye: { image: 'r.example.com/x', networks: { wire: null } },
    };
    const networks = { shared: { external: true, name: 'b_front' }, wire: { driver: 'macvlan' } };
    const { facts } = deviceQuestion([
      appWith('a', { services, networks }, 'any'),
      appWith('b', { services: {} }),
    ]);
    assert.deepEqual(facts.notes, [
      'app a: network b_front is made by another: what leaves it goes by its maker’s egress',
      'app a: network a_wire is no bridge: these rules do not see what leaves it',
      'app a: it is on the device’s own network: what its egress says holds for the whole device',
      'app a, service web: the engine chooses the port of the device for 80/tcp: no rule opens it',
    ]);
  });

  test('who loads the rules is told what they open or shut beside what was asked for: sshd by an app, names without a server', () => {
    const ports = [{ target: 22, published: '20-30', protocol: 'tcp' }];
    const app = appWith('git', { services: { web: { image: 'r.example.com/x', ports } } }, 'none');
    const { facts } = deviceQuestion([app], { site: { dns: [], ntp: [] } });
    assert.deepEqual(facts.notes, [
      'app git: it publishes 22/tcp, and that opens the device’s own sshd',
      'no name server: nothing but the device’s own hosts file tells it gw.example.com, r.example.com',
    ]);
    const { facts: other } = deviceQuestion([app], {
      site: { dns: ['10.1.0.1'], ntp: [], ssh: { from: 'any', port: 2022 } },
    });
    assert.deepEqual(other.notes, []);
  });

  test('addresses of a link, where clouds have their metadata, are for who names them alone', () => {
    const services = { web: { image: 'r.example.com/x' } };
    const named = [
      { to: '0.0.0.0/0', ports: [], protocol: 'tcp' as const },
      { to: '169.254.169.254', ports: [{ from: 80, to: 80 }], protocol: 'tcp' as const },
    ];
    const addresses = new Map([
      ['gw.example.com', ['10.1.0.2']],
      ['r.example.com', ['10.1.0.4']],
    ]);
    const lines = said(deviceQuestion([appWith('a', { services }, named)]), addresses).lines('app-a');
    const at = (text: string) => lines.findIndex(line => line.startsWith(text));
    assert.ok(at('ip daddr 169.254.169.254 tcp dport 80') < at('ip daddr 169.254.0.0/16 drop'));
    assert.ok(at('ip daddr 169.254.0.0/16 drop') < at('ip daddr 0.0.0.0/0'));
  });

  test('of apps on the device’s own network, one that goes anywhere keeps no other from the address of a link that it names', () => {
    const services = { web: { image: 'r.example.com/x', network_mode: 'host' } };
    const metadata = [{ to: '169.254.169.254', ports: [{ from: 80, to: 80 }], protocol: 'tcp' as const }];
    const addresses = new Map([
      ['gw.example.com', ['10.1.0.2']],
      ['r.example.com', ['10.1.0.4']],
    ]);
    const apps = [appWith('a', { services }, 'any'), appWith('b', { services }, metadata)];
    const lines = said(deviceQuestion(apps), addresses).lines('output');
    const at = (text: string) => lines.findIndex(line => line.startsWith(text));
    assert.ok(at('ip daddr 169.254.169.254 tcp dport 80') >= 0);
    assert.ok(at('ip daddr 169.254.169.254 tcp dport 80') < at('ip daddr 169.254.0.0/16 drop'));
  });

  test('egress gives the networks bridges of known names, and without it nothing of a project changes', () => {
    const services = { web: { image: 'r.example.com/x' } };
    const [without, with_] = [appWith('a', { services }), appWith('a', { services }, 'none')];
    assert.equal(without.model.networks?.default?.driver_opts, undefined);
    const name = with_.model.networks?.default?.driver_opts?.['com.docker.network.bridge.name'] ?? '';
    assert.match(name, /^tl-[0-9a-v]{12}$/);
    const own = appWith(
      'a',
      { services, networks: { own: { driver_opts: { 'com.docker.network.bridge.name': 'mine' } } } },
      'none',
    );
    assert.equal(own.model.networks?.own?.driver_opts?.['com.docker.network.bridge.name'], 'mine');
  });
});

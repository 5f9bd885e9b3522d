/** Names, addresses and ports of any kind, and tables of anybody: rules that hold nothing but their words, or a refusal. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { appEgress, egressProblems } from '../../../core/egress/egress.ts';
import { portRange } from '../../../core/egress/port-range.ts';
import { readLoadedTable, tableDifferences } from '../../../core/firewall/loaded-table.ts';
import { firewallRules } from '../../../core/firewall/rules.ts';
import { readFleetFile } from '../../../core/fleet/read-file.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutatedText, onlyOurErrors } from '../../fuzz/mutation.ts';
import { appWith, deviceQuestion } from './facts.ts';

const hostile = fc.oneof(
  fc.string(),
  fc.constantFrom(
    ...[
      '"; } drop',
      '10.0.0.1; accept',
      '$(id)',
      '10.0.0.1\naccept',
      '10.0.0.0/33',
      '@x',
      '{ 1.1.1.1 }',
      'a"b',
      'a b',
    ],
    ...['0.0.0.0/0', '::/0', '10.1.2.3', 'fd00::1', '1-2', '99999', '8080', '::', '\\', '#', 'br-*', '*'],
  ),
);

/** A line of a rule: nothing of it is a statement that we did not write. */
const line =
  /^ {4}(?:type filter hook (?:input|forward|output) priority filter - 10; policy drop;|[A-Za-z0-9 {},.:/@_"*&!=<>-]+ comment "[A-Za-z0-9 .,:;/_()[\]@=+*?-]*")$/;

const frame = /^(?:#.*|(?:table|delete table) inet towline(?: \{)?| {2}chain [a-z-]+ \{| {0,2}\}|)$/;

function assertHarmless(text: string): void {
  for (const each of text.split('\n')) {
    if (each.startsWith('    ')) assert.match(each, line);
    else assert.match(each, frame);
  }
}

describe('what stands in rules', { concurrency: true }, () => {
  test('a word of any kind is refused or stays one word', async () => {
    const property = fc.property(
      fc.record({ hostIp: hostile, published: hostile, protocol: hostile, image: hostile, gateway: hostile }),
      hostile,
      ({ hostIp, published, protocol, image, gateway: address }, to) => {
        const app = appWith(
          'web',
          {
            services: { web: { image, ports: [{ target: 80, host_ip: hostIp, published, protocol }] } },
            networks: { front: { driver_opts: { 'com.docker.network.bridge.name': to } } },
          },
          [{ to, ports: [], protocol: 'tcp' }],
        );
        const addresses = new Map([[to, ['10.0.0.1']]]);
        const question = onlyOurErrors(() =>
          deviceQuestion([app], { state: { gateways: [{ address, tlsPins: [], sshHostKeys: [] }] } }),
        );
        if (question === undefined) return;
        const text = onlyOurErrors(() => firewallRules(question, addresses, [to, image]));
        if (text !== undefined) assertHarmless(text);
      },
    );
    await fuzzed('words of rules', property, { runs: 300 });
  });

  test('an app.yaml of any kind is read, or refused with its place', async () => {
    const sample =
      'apiVersion: towline/v1\negress:\n  - { to: mqtt.example.com, ports: [8883, "1-2"], protocol: any }\n  - { to: 10.0.0.0/8 }\n';
    const property = fc.property(mutatedText(sample), text => {
      const { file } = readFleetFile('app', 'apps/a/app.yaml', Buffer.from(text));
      const problems = egressProblems(file);
      const { egress } = appEgress(file);
      if (problems.length > 0 || egress === undefined || typeof egress === 'string') return;
      for (const { to, ports } of egress) {
        assert.match(to, /^[a-z0-9.:/-]+$/);
        for (const range of ports) assert.deepEqual(portRange(`${range.from}-${range.to}`), range);
      }
    });
    await fuzzed('egress of an app', property, { runs: 300 });
  });

  test('a table of any kind is compared, or refused', async () => {
    const sample = JSON.stringify({
      nftables: [
        { metainfo: { version: '1.0.6' } },
        {
          chain: {
            family: 'inet',
            table: 'towline',
            name: 'input',
            type: 'filter',
            hook: 'input',
            prio: -10,
            policy: 'drop',
          },
        },
        { set: { name: 'seen', type: 'ipv4_addr', flags: ['dynamic'], timeout: 120 } },
        {
          rule: {
            ...{ chain: 'input', handle: 4, comment: 'gateway' },
            expr: [
              {
                match: {
                  op: '==',
                  left: { payload: { protocol: 'ip', field: 'daddr' } },
                  right: { set: ['10.0.0.1'] },
                },
              },
              { counter: { packets: 1, bytes: 2 } },
              { accept: null },
            ],
          },
        },
      ],
    });
    const property = fc.property(mutatedText(sample), mutatedText(sample), (one, other) => {
      const wanted = onlyOurErrors(() => readLoadedTable(one));
      const loaded = onlyOurErrors(() => readLoadedTable(other));
      if (wanted === undefined || loaded === undefined) return;
      assert.deepEqual(tableDifferences(wanted, wanted), []);
      tableDifferences(wanted, loaded);
    });
    await fuzzed('loaded tables', property, { runs: 300 });
  });
});

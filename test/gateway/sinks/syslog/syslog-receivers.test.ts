/** rsyslog and syslog-ng, as docs/guides/sinks/syslog.md sets them up. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Certificates, type IssuedCertificate } from '../wire/certificates.ts';
import { eventDelivery, logDelivery } from '../wire/deliveries.ts';
import { blocksOf, openedSink } from '../wire/opened-sinks.ts';
import { SyslogDaemon } from './syslog-daemon.ts';

const { signal } = new AbortController();
const root = path.resolve(import.meta.dirname, '../../../..');
const [secure = '', datagrams = ''] = blocksOf('syslog.md', 'yaml');
const [rsyslogSample = '', syslogNgSample = ''] = blocksOf('syslog.md', 'conf');

const daemons = new Map<'rsyslog' | 'syslog-ng', SyslogDaemon>();
let certificates: Certificates;
let gateway: IssuedCertificate;

before(async () => {
  certificates = new Certificates();
  gateway = certificates.issue('gateway.example.com');
  const [rsyslog, syslogNg] = await Promise.all([
    SyslogDaemon.rsyslog(rsyslogSample, certificates),
    SyslogDaemon.syslogNg(syslogNgSample, certificates),
  ]);
  daemons.set('rsyslog', rsyslog).set('syslog-ng', syslogNg);
});

after(async () => {
  await Promise.all([...daemons.values()].map(daemon => daemon.stop()));
  certificates.remove();
});

/** The guide's sink with certificates on both sides, its own ones replaced. */
const secured = (port: number, client: IssuedCertificate) =>
  openedSink(
    secure
      .replace('log.example.com:6514', `localhost:${port}`)
      .replace('/etc/towline/tls/ca.pem', certificates.caFile)
      .replace('/etc/towline/tls/gateway.example.com.pem', client.certificateFile)
      .replace('/etc/towline/tls/gateway.example.com-key.pem', client.keyFile),
  );

const plain = (port: number, ...keys: readonly string[]) =>
  openedSink(
    `sinks:\n  s:\n    kind: syslog\n    address: localhost:${port}\n${keys.map(key => `    ${key}\n`).join('')}`,
  );

const hostile = 'größer ] " \\ %s\n<0>1 2026-11-29T01:02:03Z kernel forged - - - \u001b[31m';

test('the samples of the guide are those that ship', () => {
  const shipped = (name: string) => readFileSync(path.join(root, 'deploy', name, 'towline.conf'), 'utf8');
  assert.equal(rsyslogSample, shipped('rsyslog'));
  assert.equal(syslogNgSample, shipped('syslog-ng'));
});

for (const name of ['rsyslog', 'syslog-ng'] as const) {
  describe(name, () => {
    const daemon = (): SyslogDaemon => daemons.get(name) ?? assert.fail('not started');

    test('a record over TLS with certificates on both sides is in the file of its device', async () => {
      const sink = await secured(daemon().ports.tls, gateway);
      await sink.deliver([logDelivery(1, 'hällo'), eventDelivery(3)], signal);
      const [line = '', event = ''] = await daemon().written('wire-17', 2);
      assert.match(
        line,
        /^2026-11-29T01:02:03\S* wire-17 web\[c0ffee123456\] stdout: +hällo .*wire-17\/c0ffee123456\/1/,
      );
      assert.match(event, / wire-17 towline\[-?\] container\.die: +pump-web-1 ended with 1/);
      await sink.close();
    });

    test('a record over TLS without a certificate of the gateway is there too, where the receiver takes that', async () => {
      const sink = await plain(daemon().ports.anonymous, `tls: { ca: ${certificates.caFile} }`);
      await sink.deliver([logDelivery(9, 'nobody asked')], signal);
      await sink.close();
      // Behind the two of the test before.
      const lines = await daemon().written('wire-17', 3);
      assert.match(lines.at(-1) ?? '', /nobody asked .*wire-17\/c0ffee123456\/9/);
    });

    test('a gateway without a certificate delivers nothing where one is wanted', async () => {
      const sink = await plain(daemon().ports.tls, `tls: { ca: ${certificates.caFile} }`);
      await assert.rejects(sink.deliver([logDelivery(667, 'stranger')], signal), {
        code: 'TELEMETRY_RECEIVER_UNREACHABLE',
      });
      await sink.close();
    });

    test('a gateway whose certificate is not the one that is allowed delivers nothing', async () => {
      const stranger = certificates.issue('stranger.example.com');
      const sink = await secured(daemon().ports.tls, stranger);
      await assert.rejects(sink.deliver([logDelivery(666, 'stranger')], signal), {
        code: 'TELEMETRY_RECEIVER_UNREACHABLE',
      });
      await sink.close();
      const lines = await daemon().written('wire-17');
      assert.ok(!lines.some(line => line.includes('stranger')));
    });

    test('every field of RFC 5424 is read as it was meant, and what an app prints forges nothing', async () => {
      const { plain: port, datagrams: udp } = daemon().ports;
      const sink = await plain(port);
      const fields = { quote: 'say "\\]"', user: 'ä' };
      await sink.deliver(
        [logDelivery(1, 'short', { level: 'warn', fields }), logDelivery(2, hostile)],
        signal,
      );
      await sink.close();
      const old = await openedSink(datagrams.replace('log.example.com:514', `localhost:${udp}`));
      await daemon().told(2);
      await old.deliver([logDelivery(3, 'old')], signal);
      await old.deliver([logDelivery(4, 'one\ntwo')], signal);
      await old.close();
      const told = await daemon().told(4);
      assert.equal(told.length, 4);
      compare[name](told);
    });
  });
}

const compare = {
  rsyslog(told: readonly Readonly<Record<string, unknown>>[]): void {
    const [first, second, third, fourth] = told;
    assert.deepEqual(first, {
      time: '2026-11-29T01:02:03.123456Z',
      hostname: 'wire-17',
      'app-name': 'web',
      procid: 'c0ffee123456',
      msgid: 'stdout',
      pri: '28',
      'structured-data':
        '[towline@32473 id="wire-17/c0ffee123456/1" fleet="wire-fleet" device="wire-17" project="pump" service="web" container="c0ffee123456" stream="stdout" level="warn"][labels@32473 site="berlin"][fields@32473 quote="say \\"\\\\\\]\\"" user="ä"]',
      msg: 'short',
      inputname: 'plain',
    });
    assert.equal(second?.msg, 'größer ] " \\ %s#012<0>1 2026-11-29T01:02:03Z kernel forged - - - #033[31m');
    assert.equal(second?.hostname, 'wire-17');
    assert.deepEqual(
      [third?.hostname, third?.['app-name'], third?.procid, third?.msg, third?.pri, third?.inputname],
      ['wire-17', 'web', 'c0ffee123456', ' old', '30', 'datagrams'],
    );
    assert.equal(fourth?.msg, ' one#012two');
  },
  'syslog-ng'(told: readonly Readonly<Record<string, unknown>>[]): void {
    const [first, second, third, fourth] = told;
    const { _SDATA, HOST, PROGRAM, PID, MSGID, MESSAGE, PRIORITY, FACILITY } = first ?? {};
    assert.deepEqual(
      { HOST, PROGRAM, PID, MSGID, MESSAGE, PRIORITY, FACILITY },
      {
        HOST: 'wire-17',
        PROGRAM: 'web',
        PID: 'c0ffee123456',
        MSGID: 'stdout',
        MESSAGE: 'short',
        PRIORITY: 'warning',
        FACILITY: 'daemon',
      },
    );
    assert.deepEqual(_SDATA, {
      'towline@32473': {
        id: 'wire-17/c0ffee123456/1',
        fleet: 'wire-fleet',
        device: 'wire-17',
        project: 'pump',
        service: 'web',
        container: 'c0ffee123456',
        stream: 'stdout',
        level: 'warn',
      },
      'labels@32473': { site: 'berlin' },
      'fields@32473': { quote: 'say "\\]"', user: 'ä' },
    });
    assert.equal(second?.MESSAGE, 'größer ] " \\ %s\n<0>1 2026-11-29T01:02:03Z kernel forged - - - #033[31m');
    assert.deepEqual(
      [third?.HOST, third?.PROGRAM, third?.PID, third?.MESSAGE],
      ['wire-17', 'web', 'c0ffee123456', 'old'],
    );
    assert.equal(fourth?.MESSAGE, 'one#012two');
  },
};

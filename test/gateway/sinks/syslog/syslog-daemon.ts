/** rsyslog and syslog-ng, from the cache and not installed: each with the sample of its guide, and inputs whose fields are told. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../../../lab/machine/free-port.ts';
import { portAnswers } from '../../../../lab/machine/port-answers.ts';
import { unpackedPackages } from '../../../../lab/machine/unpacked-packages.ts';
import { eventually } from '../../../../lab/rig/eventually.ts';
import type { Certificates } from '../wire/certificates.ts';

export interface DaemonPorts {
  /** Of the sample: TLS with certificates on both sides. */
  readonly tls: number;
  /** The same, and the gateway shows no certificate. */
  readonly anonymous: number;
  /** TCP without. */
  readonly plain: number;
  readonly datagrams: number;
}

export type Told = Readonly<Record<string, unknown>>;

export class SyslogDaemon {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'towline-syslog-'));
  readonly ports: DaemonPorts;
  #process: ChildProcess | undefined;
  #words = '';

  private constructor(ports: DaemonPorts) {
    this.ports = ports;
  }

  /** @param sample as the guide has it, with its own paths and port */
  static async rsyslog(sample: string, certificates: Certificates): Promise<SyslogDaemon> {
    const daemon = new SyslogDaemon(await somePorts());
    const { root, environment } = unpackedPackages('rsyslog', ['rsyslog', 'rsyslog-gnutls']);
    const file = daemon.#write('rsyslog.conf', [
      daemon.#filled(sample, certificates),
      daemon.#withoutClient(/^input\(.*?\)$/ms.exec(sample)?.[0] ?? '', certificates, [
        [/streamDriver.authMode=.*/, 'streamDriver.authMode="anon"'],
      ]),
      daemon.#rsyslogInputs(),
    ]);
    const modules = folderIn(path.join(root, 'usr/lib'), 'rsyslog');
    await daemon.#start(path.join(root, 'usr/sbin/rsyslogd'), environment, [
      ...['-n', '-f', file, '-i', path.join(daemon.folder, 'pid'), '-M', modules],
    ]);
    return daemon;
  }

  static async syslogNg(sample: string, certificates: Certificates): Promise<SyslogDaemon> {
    const daemon = new SyslogDaemon(await somePorts());
    const { root, environment } = unpackedPackages('syslog-ng', ['syslog-ng-core']);
    const modules = path.join(root, 'usr/lib/syslog-ng');
    const version = readdirSync(modules).find(name => /^\d/.test(name)) ?? '';
    const head = `@version: ${version}\noptions { keep-hostname(yes); };\n`;
    const file = daemon.#write('syslog-ng.conf', [
      ...[head, daemon.#filled(sample, certificates), daemon.#syslogNgInputs()],
      daemon.#withoutClient(
        `${/^source.*?^};$/ms.exec(sample)?.[0]}\nlog { source(s_towline); destination(d_towline); };\n`,
        certificates,
        [
          [/peer-verify.*/, 'peer-verify(optional-untrusted)'],
          [/trusted-dn.*/, ''],
          [/s_towline/g, 's_anonymous'],
        ],
      ),
    ]);
    const own = ['-R', '-p', '-c'].flatMap(option => [option, path.join(daemon.folder, `own${option}`)]);
    await daemon.#start(path.join(root, 'usr/sbin/syslog-ng'), environment, [
      ...['-F', '--no-caps', '-f', file, '--module-path', path.join(modules, version), ...own],
    ]);
    return daemon;
  }

  /** What came by the inputs whose fields are told, once there are so many. */
  async told(count: number): Promise<readonly Told[]> {
    const file = path.join(this.folder, 'told.json');
    const lines = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
    await eventually(() => lines().length >= count, 10_000);
    return lines().map(line => JSON.parse(line));
  }

  /** The sample's file for a device, once it has so many lines. */
  async written(device: string, count = 1): Promise<readonly string[]> {
    const file = path.join(this.folder, 'log', `${device}.log`);
    const lines = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
    await eventually(() => lines().length >= count, 10_000);
    return lines();
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** An input of the sample as the guide says it is without a certificate of the gateway. */
  #withoutClient(
    input: string,
    certificates: Certificates,
    changes: readonly (readonly [RegExp, string])[],
  ): string {
    const changed = changes.reduce((text, [from, to]) => {
      assert.match(text, from);
      return text.replace(from, to);
    }, input);
    return this.#filled(changed, certificates, this.ports.anonymous);
  }

  #filled(sample: string, certificates: Certificates, port?: number): string {
    const server = certificates.issue('log.example.com');
    const changes: readonly (readonly [RegExp, string])[] = [
      [/port(\(|=")6514/, `port$1${port ?? this.ports.tls}`],
      ...(port === undefined ? [[/\/var\/log\/towline/, path.join(this.folder, 'log')] as const] : []),
      [/\/etc\/[\w.-]+\/tls\/ca\.pem/, certificates.caFile],
      [/\/etc\/[\w.-]+\/tls\/log\.example\.com\.pem/, server.certificateFile],
      [/\/etc\/[\w.-]+\/tls\/log\.example\.com-key\.pem/, server.keyFile],
    ];
    return changes.reduce((text, [from, to]) => {
      assert.match(text, from);
      return text.replace(from, to);
    }, sample);
  }

  #rsyslogInputs(): string {
    const property = (out: string, name: string): string =>
      `property(outname="${out}" name="${name}" format="jsonf")`;
    const names = ['hostname', 'app-name', 'procid', 'msgid', 'pri', 'structured-data', 'msg', 'inputname'];
    return `
module(load="imudp")
template(name="told" type="list" option.jsonf="on") {
  property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
  ${names.map(name => property(name, name)).join('\n  ')}
}
ruleset(name="told") { action(type="omfile" file="${this.folder}/told.json" template="told") }
input(type="imtcp" port="${this.ports.plain}" address="127.0.0.1" name="plain" ruleset="told")
input(type="imudp" port="${this.ports.datagrams}" address="127.0.0.1" name="datagrams" ruleset="told")
`;
  }

  #syslogNgInputs(): string {
    return `
source s_told {
  syslog(ip("127.0.0.1") port(${this.ports.plain}) transport("tcp"));
  network(ip("127.0.0.1") port(${this.ports.datagrams}) transport("udp"));
};
destination d_told {
  file("${this.folder}/told.json" template("$(format-json --scope rfc5424 --key .SDATA.*)\\n"));
};
log { source(s_told); destination(d_told); };
`;
  }

  #write(name: string, parts: readonly string[]): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, parts.join('\n'));
    return file;
  }

  async #start(
    program: string,
    environment: Readonly<Record<string, string>>,
    parameters: readonly string[],
  ) {
    const child = spawn(program, parameters, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (bytes: Buffer) => {
        this.#words += bytes.toString();
      });
    for (const port of [this.ports.tls, this.ports.anonymous, this.ports.plain])
      await this.#listens(port, child);
  }

  async #listens(port: number, child: ChildProcess): Promise<void> {
    for (const end = performance.now() + 30_000; performance.now() < end; ) {
      if (child.exitCode !== null) break;
      if (await portAnswers(port)) return;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    throw new Error(`nothing listens on ${port}: ${this.#words}`);
  }
}

async function somePorts(): Promise<DaemonPorts> {
  return {
    tls: await freePort(),
    anonymous: await freePort(),
    plain: await freePort(),
    datagrams: await freePort(),
  };
}

function folderIn(above: string, name: string): string {
  const found = readdirSync(above)
    .map(folder => path.join(above, folder, name))
    .find(existsSync);
  assert.ok(found, `${name} below ${above}`);
  return found;
}

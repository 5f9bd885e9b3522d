/** A fleet with one device whose app talks, for the test of telemetry; a sink that writes a file, and one that is refused. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { FleetRig, fleetName } from '../../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../../lab/fleet/make-fleet.ts';
import { silent } from '../../lab/fleet/narrator.ts';
import { release } from '../../lab/fleet/publish.ts';
import { firstRelease } from '../../lab/fleet/releases.ts';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import type { DeviceFile } from '../../schemas/types.generated.ts';
import { sealSecret } from '../rig/secrets.ts';

export const id = `telemetry-${process.pid}`;
export const floodLines = 4000;
/** Planted: the app prints both values of its SOPS file, the first in a form that redaction knows; a sink has the token. */
export const [password, shownPassword, token] = [
  'planted-pass-8c1d',
  'printed-plainly-5e2f',
  'planted-token-77ab',
];
/** As the operator's ssh knows it. */
export const place = 'ssh://gateway/telemetry.git';

const compose = `
services:
  ticker:
    image: \${REGISTRY}/hello/worker:\${TOWLINE_RELEASE}
    restart: unless-stopped
    environment: [DB_PASSWORD, SHOWN]
    command:
      - /bin/sh
      - -c
      - 'echo "password=$$DB_PASSWORD"; echo "a line with $$SHOWN"; i=0; while :; do echo "tick $$i"; i=$$((i+1)); sleep 0.2; done'
  flooder:
    image: \${REGISTRY}/hello/worker:\${TOWLINE_RELEASE}
    restart: on-failure
    labels: { com.example.site: berlin }
    environment: [MODE=loud, DB_PASSWORD]
    logging:
      driver: syslog
      options:
        syslog-address: towline
        syslog-facility: local3
        tag: "flood/{{.ID}}"
        labels: com.example.site
        env: MODE,DB_PASSWORD
    command:
      - /bin/sh
      - -c
      - 'until [ -e /go ]; do sleep 0.1; done; rm /go; i=0; while [ $$i -lt ${floodLines} ]; do echo "flood $$i"; i=$$((i+1)); done; exit 3'
`;

export interface TalkOptions {
  readonly compose?: string;
  /** Lines of `sinks` in gateway.yaml, each a sink. */
  readonly sinks?: readonly string[];
  readonly maxBytesPerDay?: string;
}

/** A line of the sink's file, or of `towline logs --json`. */
interface Line {
  readonly kind: string;
  readonly id: string;
  readonly device: string;
  readonly time: string;
  readonly service?: string;
  readonly text?: string;
  readonly name?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export class TalkingFleet implements AsyncDisposable {
  readonly rig: FleetRig;
  readonly sinkFile: string;
  /** What `towline logs -f` has shown, and how long after it was written. */
  readonly shown: { readonly text: string; readonly afterMs: number }[] = [];
  /** What the sink that is refused has sent as authorization. */
  readonly authorizations = new Set<string>();
  complaint = '';
  readonly #arrived: Line[] = [];
  #readBytes = 0;
  readonly #cleanUp: AsyncDisposableStack;

  /** @param more in place of the app that talks, and sinks besides the two */
  static async start(more: TalkOptions = {}): Promise<TalkingFleet> {
    await using cleanUp = new AsyncDisposableStack();
    const rig = await FleetRig.prepare({
      narrator: silent,
      devices: [id],
      pushImages: images => images.push('hello/worker', firstRelease, 'worker'),
    });
    cleanUp.defer(() => rig.stop());
    await initialise(rig);
    await addGateway(rig);
    await addDevices(rig);
    await talk(rig, more);
    const self = new TalkingFleet(rig, cleanUp.move());
    await self.#addSinks(more.sinks ?? []);
    await rig.gateway.start();
    await rig.operator.commit('What telemetry is tried with');
    const pushed = await rig.operator.push({ unchecked: true, quiet: true });
    assert.equal(pushed.code, 0, pushed.stderr);
    rig.device(id).program.start();
    const isApplied = () =>
      rig
        .device(id)
        .program.lines()
        .some(({ outcome }) => outcome === 'applied');
    await self.until('the app to be applied', isApplied);
    return self;
  }

  private constructor(rig: FleetRig, cleanUp: AsyncDisposableStack) {
    this.rig = rig;
    this.sinkFile = path.join(rig.gateway.folder, 'out/records.ndjson');
    this.#cleanUp = cleanUp;
  }

  /** The second is refused all that it sends; the answer says its authorization again. */
  async #addSinks(more: readonly string[]): Promise<void> {
    const server = createServer((request, response) => {
      const { authorization = '' } = request.headers;
      this.authorizations.add(authorization);
      request.resume();
      response.writeHead(400).end(`no: ${authorization}`);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    this.#cleanUp.defer(() => {
      server.closeAllConnections();
      server.close();
    });
    const { folder, config } = this.rig.gateway;
    const tokenFile = path.join(folder, 'token');
    writeFileSync(tokenFile, `${token}\n`);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sinks = [
      'sinks:',
      `  files: { kind: file, path: ${this.sinkFile}, maxBytes: 8GiB, batch: { interval: 100ms } }`,
      `  refused: { kind: loki, url: "${url}", tokenFile: ${tokenFile} }`,
      ...more.map(sink => `  ${sink}`),
    ];
    appendFileSync(config, `${sinks.join('\n')}\n`);
  }

  /** All that the sink has written. */
  arrived(): readonly Line[] {
    if (!existsSync(this.sinkFile)) return [];
    const bytes = readFileSync(this.sinkFile).subarray(this.#readBytes);
    const end = bytes.lastIndexOf('\n') + 1;
    const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
    this.#arrived.push(...lines.map(line => JSON.parse(line)));
    this.#readBytes += end;
    return this.#arrived;
  }

  /** Records of a service; one that came twice says the same under its id, and is given once. */
  said(service: string): Line[] {
    const byId = new Map<string, Line>();
    for (const line of this.arrived()) {
      if (line.kind !== 'log' || line.service !== service) continue;
      assert.equal(byId.get(line.id)?.text ?? line.text, line.text, line.id);
      byId.set(line.id, line);
    }
    return [...byId.values()];
  }

  /** Numbers after a word, sorted. */
  numbers(service: string, word: string): number[] {
    const of = this.said(service).flatMap(({ text = '' }) => (text.startsWith(`${word} `) ? [text] : []));
    return of.map(text => Number(text.slice(word.length + 1))).sort((a, b) => a - b);
  }

  until(what: string, holds: () => boolean | Promise<boolean>, intervalMs = 200): Promise<true> {
    const seen = () => ({
      agent: this.rig.device(id).program.lastWords(),
      gateway: this.rig.gateway.program.lastWords(),
      desk: this.complaint,
      arrived: this.arrived().length,
    });
    return waitUntil(what, async () => ((await holds()) ? true : undefined), { intervalMs, seen });
  }

  async container(service: string): Promise<string> {
    const all = await this.rig.view.services(id);
    return all.find(one => one.service === service)?.containerId ?? assert.fail(service);
  }

  async towline(...args: readonly string[]): Promise<string> {
    const words = [...args, '--telemetry', place];
    const { code, stdout, stderr } = await this.rig.operator.quietly('towline', words);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  /** `towline logs -f` at the desk, from now to the end. */
  follow(): void {
    const { operator, workspace } = this.rig;
    const words = ['logs', id, 'ticker', '-f', '--json', '--telemetry', place];
    const child = spawn('towline', words, {
      cwd: operator.directory,
      env: { ...workspace.environment, ...operator.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close');
    this.#cleanUp.defer(async () => {
      child.kill('SIGINT');
      await ended;
    });
    child.stderr.on('data', piece => {
      this.complaint = (this.complaint + piece).slice(-2000);
    });
    createInterface({ input: child.stdout }).on('line', line => {
      const { text = '', time }: Line = JSON.parse(line);
      this.shown.push({ text, afterMs: Date.now() - Date.parse(time) });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}

/** The app of the fleet talks, and has secrets. */
async function talk(rig: FleetRig, more: TalkOptions): Promise<void> {
  const { operator } = rig;
  const { keys }: DeviceFile = parse(operator.read(`devices/${id}.yaml`));
  const plain = `DB_PASSWORD=${password}\nSHOWN=${shownPassword}\n`;
  const secret = 'secrets/hello.env';
  operator.write(secret, await sealSecret(secret, plain, [keys?.openpgp ?? ''], { fleet: fleetName }));
  operator.write('apps/hello/compose.yaml', more.compose ?? compose);
  operator.edit(
    'apps/hello/app.yaml',
    [['secrets'], [secret]],
    [['logs'], { default: { redact: { patterns: ['credentials'] } } }],
  );
  operator.edit(
    'fleet.yaml',
    [['poll', 'schedule'], '*/5 * * * * *'],
    [['telemetry'], { maxBytesPerDay: more.maxBytesPerDay ?? '500MiB', metrics: { interval: '10s' } }],
  );
  await release(rig, firstRelease);
}

/**
 * Images for tests and the demo, built FROM scratch with busybox: no public registry is needed. Each recipe is
 * a small service of known behaviour.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';
import { messageOf } from '../../core/errors/cause.ts';
import { findCommand, requireCommands } from './packages.ts';
import { tarArchive } from './tar.ts';

/** What the service does when it runs. */
export type Behaviour = 'web' | 'worker' | 'unhealthy' | 'crashing' | 'one-shot' | 'stubborn';

export interface PushedImage {
  /** `127.0.0.1:5000/web:1.0` */
  readonly reference: string;
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…` of the manifest in the registry. */
  readonly digest: string;
}

/** A build takes layers of others' images out of the engine's cache, and those may remove them meanwhile: of equal ones, all. */
const takenAway =
  /unknown parent image ID|failed to set parent|unrecognized image ID|No such image|does not exist locally|unable to find image/;
const maxAttempts = 5;

const applets = [
  'sh',
  'httpd',
  'wget',
  'sleep',
  'cat',
  'echo',
  'ls',
  'nc',
  'true',
  'false',
  'touch',
  'rm',
  'hostname',
  'date',
  'env',
  'id',
  'ps',
];

/** As process 1 a shell gets no default signal actions: without the trap each stop would take ten seconds. */
const untilStopped = (command: string) => `trap 'exit 0' TERM INT; ${command} & wait $!`;

const check = 'HEALTHCHECK --interval=1s --timeout=2s --retries=2 CMD ';

const instructions: Record<Behaviour, string> = {
  web: `EXPOSE 8080
${check}["/bin/wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/version"]
CMD ["/bin/sh", "-c", ${JSON.stringify(untilStopped('httpd -f -p 8080 -h /www'))}]`,
  worker: `CMD ["/bin/sh", "-c", ${JSON.stringify(untilStopped('while :; do echo "working at $(cat /www/version)"; sleep 1; done'))}]`,
  unhealthy: `${check}["/bin/false"]
CMD ["/bin/sh", "-c", ${JSON.stringify(untilStopped('httpd -f -p 8080 -h /www'))}]`,
  crashing: 'CMD ["/bin/sh", "-c", "echo about to crash; sleep 0.2; exit 3"]',
  'one-shot': 'CMD ["/bin/sh", "-c", "echo done once"]',
  // Ignores SIGTERM: what stops it is the engine's SIGKILL after the grace period.
  stubborn: 'CMD ["/bin/sh", "-c", "trap : TERM; while :; do sleep 1; done"]',
};

function context(behaviour: Behaviour, version: string): Buffer {
  const busybox = findCommand('busybox');
  if (busybox === undefined) throw new Error('missing on this machine: busybox-static');
  const dockerfile = `FROM scratch\nCOPY root/ /\nCOPY www/ /www/\nENV PATH=/bin\n${instructions[behaviour]}\n`;
  return tarArchive([
    { path: 'Dockerfile', bytes: dockerfile },
    { path: 'root/bin/busybox', mode: 0o755, bytes: readFileSync(busybox) },
    ...applets.map(applet => ({ path: `root/bin/${applet}`, link: 'busybox' })),
    { path: 'root/etc/passwd', bytes: 'root:x:0:0:root:/:/bin/sh\n' },
    { path: 'www/version', bytes: `${version}\n` },
    { path: 'www/index.html', bytes: `<h1>version ${version}</h1>\n` },
  ]);
}

/** The lines of JSON that the Engine answers with while it builds or pushes. Throws where one is an error. */
async function progress(stream: NodeJS.ReadableStream): Promise<Record<string, unknown>[]> {
  const lines = (await text(stream)).split('\n').filter(line => line.trim() !== '');
  const events = lines.map(line => JSON.parse(line) as Record<string, unknown>);
  const failure = events.find(event => typeof event.error === 'string');
  if (failure !== undefined) throw new Error(String(failure.error).trim());
  return events;
}

function digestOf(events: readonly Record<string, unknown>[]): string {
  for (const event of events) {
    const aux = event.aux as { Digest?: unknown } | undefined;
    if (typeof aux?.Digest === 'string') return aux.Digest;
  }
  throw new Error('the engine pushed an image and named no digest');
}

/** Once more where somebody took it away meanwhile. */
async function untilThere<Made>(make: () => Promise<Made>): Promise<Made> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await make();
    } catch (error) {
      if (attempt === maxAttempts || !takenAway.test(messageOf(error))) throw error;
    }
  }
}

export class ImageMaker {
  readonly #engine: Docker;
  readonly #registry: string;

  /** @param socket the engine's. @param registry `host:port`. */
  constructor(socket: string, registry: string) {
    this.#engine = new Docker({ socketPath: socket });
    this.#registry = registry;
  }

  /**
   * An image that the engine keeps for all who want it, under a name of what it is made of: built where it is not there.
   * @returns its reference.
   */
  async kept(behaviour: Behaviour, version = '1'): Promise<string> {
    requireCommands(['busybox']);
    return await this.keptOf(`${behaviour}:${version}`, context(behaviour, version));
  }

  /** The same, of a context that somebody else has made. @param name `name:tag` */
  async keptOf(name: string, archive: Buffer): Promise<string> {
    const content = createHash('sha256').update(archive).digest('hex').slice(0, 12);
    const reference = `towline-test/${name}-${content}`;
    const found = await this.#engine.listImages({ filters: { reference: [reference] } });
    if (found.length === 0) await untilThere(() => this.#buildOnce(reference, archive));
    return reference;
  }

  /** Builds `name:tag` and leaves it on the engine under its local reference. */
  async build(reference: string, behaviour: Behaviour, version = reference): Promise<void> {
    requireCommands(['busybox']);
    await untilThere(() => this.#buildOnce(reference, context(behaviour, version)));
  }

  async #buildOnce(reference: string, archive: Buffer): Promise<void> {
    // Older type declarations know only streams and files here; the Engine takes any body.
    const stream = await this.#engine.buildImage(archive as unknown as NodeJS.ReadableStream, {
      t: reference,
      forcerm: true,
      networkmode: 'none',
      version: '1',
    });
    await progress(stream);
  }

  /**
   * Builds an image, pushes it to the registry and takes it off the engine again, so that whoever wants it pulls it.
   * @param version also stands in the image's /www/version.
   */
  async push(name: string, tag: string, behaviour: Behaviour, version = tag): Promise<PushedImage> {
    const repository = `${this.#registry}/${name}`;
    const reference = `${repository}:${tag}`;
    const events = await untilThere(async () => {
      await this.build(reference, behaviour, version);
      const image = this.#engine.getImage(reference);
      const authconfig = { username: '', password: '', serveraddress: '' };
      const pushed = await progress(await image.push({ authconfig }));
      await image.remove({ force: true });
      return pushed;
    });
    return { reference, repository, tag, digest: digestOf(events) };
  }

  /** Gives an image of the registry another tag: the same digest under two names. */
  async tag(image: PushedImage, tag: string): Promise<PushedImage> {
    const manifests = `http://${image.repository.replace('/', '/v2/')}/manifests`;
    const type = 'application/vnd.docker.distribution.manifest.v2+json';
    const manifest = await fetch(`${manifests}/${image.digest}`, { headers: { accept: type } });
    const body = await manifest.text();
    const put = await fetch(`${manifests}/${tag}`, {
      method: 'PUT',
      headers: { 'content-type': type },
      body,
    });
    if (!put.ok) throw new Error(`the registry refuses the tag ${tag}: HTTP ${put.status}`);
    return { ...image, tag, reference: `${image.repository}:${tag}` };
  }

  /** Takes every name of this registry off the engine, tagged or pinned by digest: an equal image may be another's, too. For the end of a test. */
  async forget(): Promise<void> {
    for (const image of await this.#engine.listImages()) {
      for (const name of [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])]) {
        if (!name.startsWith(`${this.#registry}/`)) continue;
        await this.#engine
          .getImage(name)
          .remove({ force: true })
          .catch(() => undefined);
      }
    }
  }
}

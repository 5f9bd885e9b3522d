/** Images of an app that drains on SIGTERM, and of Debian's HAProxy before it: FROM scratch of their files. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';
import { cachedFolder } from '../machine/cached-folder.ts';
import { requireCommands } from '../machine/packages.ts';
import { type TarEntry, tarArchive } from '../machine/tar.ts';
import { unpackedPackages } from '../machine/unpacked-packages.ts';

const source = path.join(import.meta.dirname, 'draining-server.cpp');

function run(command: string, parameters: readonly string[], environment: object = {}): string {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = spawnSync(command, parameters, { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')}: ${stderr}`);
  return stdout;
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 12);

function serverFiles(): TarEntry[] {
  requireCommands(['g++']);
  const folder = cachedFolder(`draining-server-${hashOf(readFileSync(source))}`, made =>
    run('g++', ['-O1', '-static', '-pthread', '-o', path.join(made, 'server'), source]),
  );
  const dockerfile = [
    'FROM scratch',
    'COPY server /server',
    'HEALTHCHECK --interval=1s --timeout=5s --retries=5 CMD ["/server", "check"]',
    'CMD ["/server"]',
  ];
  return [
    { path: 'Dockerfile', bytes: dockerfile.join('\n') },
    { path: 'server', mode: 0o755, bytes: readFileSync(path.join(folder, 'server')) },
  ];
}

/**
 * It resolves `web` by the engine's own server, and asks another container where one does not answer. An engine that stands
 * still answers no name: without `hold timeout` HAProxy lets go of all servers after 30 s, well as they are.
 */
const settings = `global
  maxconn 1000
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  option dontlog-normal
  timeout connect 1s
  timeout client 20s
  timeout server 20s
  timeout queue 10s
  retries 5
  option redispatch 1
  retry-on conn-failure empty-response
resolvers engine
  nameserver own 127.0.0.11:53
  accepted_payload_size 8192
  resolve_retries 3
  timeout resolve 300ms
  timeout retry 300ms
  hold valid 300ms
  hold timeout 1h
  hold refused 1h
  hold other 1h
frontend people
  bind :80
  default_backend web
backend web
  balance roundrobin
  server-template web 6 web:8080 check inter 300ms fall 2 rise 1 resolvers engine init-addr none
`;

function proxyFiles(): TarEntry[] {
  const { root, environment } = unpackedPackages('haproxy', ['haproxy']);
  const program = path.join(root, 'usr/sbin/haproxy');
  const libraries = [...run('ldd', [program], environment).matchAll(/(?:=> |^\t)(\/\S+) \(0x/gm)].map(
    ([, library = '']) => library,
  );
  const place = (library: string) =>
    path.basename(library).startsWith('ld-') ? library.slice(1) : `lib/haproxy/${path.basename(library)}`;
  const dockerfile = [
    'FROM scratch',
    'COPY root/ /',
    'ENV LD_LIBRARY_PATH=/lib/haproxy',
    'CMD ["/haproxy", "-f", "/haproxy.cfg"]',
  ];
  return [
    { path: 'Dockerfile', bytes: dockerfile.join('\n') },
    { path: 'root/haproxy', mode: 0o755, bytes: readFileSync(program) },
    { path: 'root/haproxy.cfg', bytes: settings },
    ...libraries.map(library => ({
      path: `root/${place(library)}`,
      mode: 0o755,
      bytes: readFileSync(library),
    })),
  ];
}

async function kept(engine: Docker, name: string, entries: readonly TarEntry[]): Promise<string> {
  const archive = tarArchive(entries);
  const reference = `towline-test/${name}:${hashOf(archive)}`;
  const found = await engine.listImages({ filters: { reference: [reference] } });
  if (found.length > 0) return reference;
  // Older type declarations know only streams and files here; the Engine takes any body.
  const body = Object.assign(archive) as unknown as NodeJS.ReadableStream;
  const said = await text(await engine.buildImage(body, { t: reference, forcerm: true, version: '1' }));
  if (said.includes('"error"')) throw new Error(said);
  return reference;
}

/** Built where the engine does not have them. @returns their references */
export async function proxiedImages(socket: string): Promise<{ server: string; proxy: string }> {
  const engine = new Docker({ socketPath: socket });
  return {
    server: await kept(engine, 'draining-server', serverFiles()),
    proxy: await kept(engine, 'haproxy', proxyFiles()),
  };
}

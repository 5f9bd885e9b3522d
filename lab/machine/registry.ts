/** A real registry (Debian's docker-registry) on loopback, where engines need no TLS. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Daemon } from './daemon.ts';
import { freePort } from './free-port.ts';
import { findCommand, requireCommands } from './packages.ts';

const readyTimeoutMs = 60_000;
const attempts = 5;

export interface Registry {
  /** `127.0.0.1:port`, the first part of an image reference. */
  readonly address: string;
  /** Ends the process and removes its images. Harmless when called twice. */
  stop(): Promise<void>;
  /** Ends the process alone: it is down, its images stay. */
  pause(): Promise<void>;
  /** From now on it asks for a login. @param htpasswd lines `name:bcrypt` */
  requireLogin(htpasswd: string): Promise<void>;
  /** Back after `pause`, on the same address with the same images. */
  resume(): Promise<void>;
}

/** Configuration of the distribution project, https://distribution.github.io/distribution/about/configuration/. */
function configuration(address: string, folder: string, deletes: boolean): string {
  return `version: 0.1
log: { level: warn }
storage:
  filesystem: { rootdirectory: ${JSON.stringify(path.join(folder, 'images'))} }
  delete: { enabled: ${deletes} }
http: { addr: ${JSON.stringify(address)} }
`;
}

async function answers(address: string): Promise<boolean> {
  try {
    const { ok, status } = await fetch(`http://${address}/v2/`, { signal: AbortSignal.timeout(1000) });
    return ok || status === 401;
  } catch {
    return false;
  }
}

async function serve(address: string, folder: string): Promise<Daemon> {
  const daemon = new Daemon({
    command: findCommand('docker-registry') ?? 'docker-registry',
    arguments: ['serve', path.join(folder, 'config.yml')],
    log: path.join(folder, 'log'),
    // The registry reads its settings from REGISTRY_* variables too.
    environment: { PATH: process.env.PATH ?? '', OTEL_TRACES_EXPORTER: 'none' },
  });
  if (await daemon.until(() => answers(address), readyTimeoutMs)) return daemon;
  await daemon.stop(0);
  throw new Error(`docker-registry does not answer on ${address}: ${daemon.lastWords()}`);
}

/**
 * Starts a registry with no images on a free loopback port.
 * @param deletes whether it removes what it is asked to
 * @throws Error that names the package where docker-registry can't be had.
 */
export async function startRegistry(deletes = true): Promise<Registry> {
  requireCommands(['docker-registry']);
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-registry-'));
  let lastError: unknown;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const address = `127.0.0.1:${await freePort()}`;
    writeFileSync(path.join(folder, 'config.yml'), configuration(address, folder, deletes));
    try {
      let daemon = await serve(address, folder);
      return {
        address,
        async stop() {
          await daemon.stop(2000);
          rmSync(folder, { recursive: true, force: true });
        },
        pause: () => daemon.stop(2000),
        async requireLogin(htpasswd) {
          await daemon.stop(2000);
          const file = path.join(folder, 'htpasswd');
          writeFileSync(file, htpasswd);
          const auth = `auth: { htpasswd: { realm: test, path: ${JSON.stringify(file)} } }\n`;
          writeFileSync(path.join(folder, 'config.yml'), configuration(address, folder, deletes) + auth);
          daemon = await serve(address, folder);
        },
        async resume() {
          daemon = await serve(address, folder);
        },
      };
    } catch (error) {
      lastError = error;
    }
  }
  rmSync(folder, { recursive: true, force: true });
  throw lastError;
}

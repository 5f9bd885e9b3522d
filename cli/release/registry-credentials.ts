/** Credentials as `docker login` leaves them, in ~/.docker/config.json or by a credential helper. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Credentials } from '../../core/io/registry/registry-login.ts';
import { type Fields, fieldsOf, readFields } from '../../core/json.ts';

const helperTimeoutMs = 10_000;

const names = (registry: string): readonly string[] =>
  registry === 'registry-1.docker.io'
    ? ['https://index.docker.io/v1/', 'docker.io', registry]
    : [registry, `https://${registry}`, `http://${registry}`, `https://${registry}/v2/`];

function decode(auth: string): Credentials | undefined {
  const [username = '', ...rest] = Buffer.from(auth, 'base64').toString('utf8').split(':');
  return username === '' ? undefined : { username, password: rest.join(':').replace(/\0+$/, '') };
}

async function askHelper(helper: string, server: string): Promise<Credentials | undefined> {
  if (!/^[A-Za-z0-9._-]+$/.test(helper)) return undefined;
  const child = spawn(`docker-credential-${helper}`, ['get'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: helperTimeoutMs,
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(0, 65536);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(server);
  const code = await new Promise<number | null>(resolve => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  if (code !== 0) return undefined;
  try {
    const { Username, Secret } = readFields(output);
    return typeof Username === 'string' && typeof Secret === 'string'
      ? { username: Username, password: Secret }
      : undefined;
  } catch {
    return undefined;
  }
}

/** @returns undefined when there are none: many registries answer anybody. */
export async function readCredentials(
  registry: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  const folder = environment.DOCKER_CONFIG ?? path.join(homedir(), '.docker');
  let config: Fields;
  try {
    config = readFields(await readFile(path.join(folder, 'config.json'), 'utf8'));
  } catch {
    return undefined;
  }
  for (const name of names(registry)) {
    const helper = fieldsOf(config.credHelpers)[name] ?? config.credsStore;
    const found = typeof helper !== 'string' ? undefined : await askHelper(helper, name);
    if (found !== undefined) return found;
    const { auth } = fieldsOf(fieldsOf(config.auths)[name]);
    if (typeof auth === 'string' && auth !== '') return decode(auth);
  }
  return undefined;
}

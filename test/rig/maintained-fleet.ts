/** A fleet of several maintainers with walks in memory: who may write which devices and operators. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { HolderIndex } from '../../core/trust/holders/holder-index.ts';
import { openAnchor, type WalkResult, walk } from '../../core/trust/walk.ts';
import { MemoryKey, MemoryRepository } from '../../lab/rig/memory-repository.ts';

const names = ['alice', 'bob', 'carol', 'dave', 'erin'] as const;
export type Name = (typeof names)[number];
export const people = Object.fromEntries(names.map(name => [name, new MemoryKey()])) as Record<
  Name,
  MemoryKey
>;
export const gatewayTls = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
export const gatewayHost = new MemoryKey().publicKey;
/** With which the gateway logs in at devices, and signs certificates of people. */
export const [gatewayAccess, gatewaySigner] = [new MemoryKey().publicKey, new MemoryKey().publicKey];
const signal = new AbortController().signal;

/** Alice is root; bob writes devices/eu, carol devices/us, dave the operators, erin keys and tunnels of devices/us, and services of groups. */
function policy(walkVersion: number, version = 1): string {
  return [
    'apiVersion: towline/v1',
    'fleet: f',
    `version: ${version}`,
    `walk: ${walkVersion}`,
    'principals:',
    ...names.map(name => `  ${name}: { ssh: ["${people[name].publicKey}"] }`),
    'roles:',
    '  root: { principals: [alice] }',
    '  eu: { principals: [bob, alice] }',
    '  us: { principals: [carol, alice] }',
    '  people: { principals: [dave, alice] }',
    '  keys: { principals: [erin] }',
    'rules:',
    '  - { paths: ["devices/us/**"], only: ["/keys", "/tunnel"], roles: [keys, us] }',
    '  - { paths: ["devices/us/**"], roles: [us] }',
    '  - { paths: ["devices/eu/**"], roles: [eu] }',
    '  - { paths: ["operators/**"], roles: [people] }',
    '  - { paths: ["groups/**"], only: ["/access/services"], roles: [keys] }',
    '',
  ].join('\n');
}

export interface Keys {
  readonly tls: string;
  readonly ssh: string;
}

export function newKeys(): Keys {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const tls = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return { tls, ssh: new MemoryKey().publicKey };
}

export const device = (keys?: Partial<Keys>, ...more: string[]): string =>
  [
    'apiVersion: towline/v1',
    ...(keys === undefined
      ? []
      : ['keys:', ...Object.entries(keys).map(([name, key]) => `  ${name}: ${key}`)]),
    ...more,
    '',
  ].join('\n');
export const operator = (...lines: string[]): string =>
  `apiVersion: towline/v1\nsshKeys: ${JSON.stringify(lines)}\n`;
const gatewayPin = `sha256:${createHash('sha256')
  .update(gatewayTls.export({ type: 'spki', format: 'der' }))
  .digest('base64')}`;

export type Changes = Readonly<Record<string, string | null>>;

/** A fleet that grows commit by commit; every walk is made at once and, to the same verdict, one commit at a time. */
export class Fleet {
  readonly #repository = new MemoryRepository();
  readonly #anchor: string;
  readonly #line: string[] = [];
  #files: ReadonlyMap<string, string>;
  #timeSec = 1_700_000_000;

  constructor(files: Changes, walkVersion = 2) {
    const hot = `accessKeys: ["${gatewayAccess}"], certificateKeys: ["${gatewaySigner}"]`;
    const gateway = `{ address: "g:8443", tlsPins: ["${gatewayPin}"], sshHostKeys: ["${gatewayHost}"], ${hot} }`;
    this.#files = changed(new Map(), {
      'trust/policy.yaml': policy(walkVersion),
      'fleet.yaml': `apiVersion: towline/v1\nname: f\ngateways: [${gateway}]\n`,
      ...files,
    });
    this.#anchor = this.#commit('alice', []);
  }

  /** A commit that this person signs; the walk's verdict about it. A refused one is not built on. */
  async step(signer: Name, changes: Changes, merged: readonly string[] = []): Promise<WalkResult> {
    const before = this.#files;
    this.#files = changed(before, changes);
    const head = this.#commit(signer, [this.#line.at(-1) ?? this.#anchor, ...merged]);
    const result = await this.#walkTo(head);
    if (result.stopped === undefined) this.#line.push(head);
    else this.#files = before;
    return result;
  }

  /** A commit beside the line, on top of it as it is now. */
  aside(signer: Name, changes: Changes): string {
    const before = this.#files;
    this.#files = changed(before, changes);
    const id = this.#commit(signer, [this.#line.at(-1) ?? this.#anchor]);
    this.#files = before;
    return id;
  }

  #commit(signer: Name, parents: string[]): string {
    this.#timeSec += 60;
    const message = 'Change\n\nTowline-Ref: f/main\n';
    return this.#repository.commit({
      files: this.#files,
      parents,
      message,
      timeSec: this.#timeSec,
      signer: people[signer],
    });
  }

  async #walkTo(head: string): Promise<WalkResult> {
    const reader = (): ObjectReader => new ObjectReader(this.#repository);
    const anchor = await openAnchor(reader(), this.#anchor);
    const late = await walk({ reader: reader(), trusted: anchor, head, signal });
    const holders = new HolderIndex();
    let live: WalkResult = { trusted: anchor, accepted: [] };
    for (const to of [...this.#line, head]) {
      live = await walk({ reader: reader(), trusted: live.trusted, head: to, signal, holders });
    }
    assert.deepEqual([live.trusted, live.stopped], [late.trusted, late.stopped], 'live and late differ');
    return late;
  }
}

function changed(files: ReadonlyMap<string, string>, changes: Changes): Map<string, string> {
  const all = new Map(files);
  for (const [path, content] of Object.entries(changes)) {
    if (content === null) all.delete(path);
    else all.set(path, content);
  }
  return all;
}

export async function refused(fleet: Fleet, signer: Name, changes: Changes, path?: string): Promise<void> {
  const { stopped } = await fleet.step(signer, changes);
  // The second one where a rule by field covers the path, and the file is new or removed.
  const codes = ['TRUST_WRONG_PATH', 'TRUST_FIELD_FILE'];
  assert.ok(codes.includes(stopped?.code ?? ''), stopped?.message ?? 'it was taken');
  if (path !== undefined) assert.equal(stopped?.path, path, stopped?.message);
}

export async function taken(fleet: Fleet, signer: Name, changes: Changes): Promise<void> {
  const { stopped } = await fleet.step(signer, changes);
  assert.equal(stopped, undefined, stopped?.message);
}

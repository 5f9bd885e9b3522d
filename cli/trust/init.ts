/** `towline trust init`: a policy for a repository that has none, from keys of gpg, files or ssh-agent. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import { namePattern } from '../../core/fleet/paths.ts';
import { type Policy, parsePolicy, policyPath } from '../../core/trust/policy/policy.ts';
import { assertUsablePolicy } from '../../core/trust/policy/policy-problem.ts';
import { newestWalk } from '../../core/trust/policy/walk-version.ts';
import { readOpenpgpKey } from '../../core/trust/signature/openpgp-key.ts';
import { readSshPublicKey as parseSshKey } from '../../core/trust/signature/ssh-public-key.ts';
import { KeyRing, keyUnderWalk, type TrustKey } from '../../core/trust/signature/trust-key.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openRepository } from '../desk/repository.ts';
import { agentKey } from '../desk/ssh-agent-key.ts';
import { assertTrustable } from '../desk/trustable-key.ts';
import { gpgSigningKey, readSshPublicKey } from '../init/signing-key.ts';

interface InitOptions {
  readonly repo: string;
  readonly fleet: string;
  readonly root: readonly string[];
  readonly threshold: string;
  readonly json?: boolean;
}

interface NamedKey {
  readonly principal: string;
  readonly kind: 'openpgp' | 'ssh';
  readonly text: string;
}

/** `alice=gpg:ID`, `alice=ssh:FILE`, `alice=agent:COMMENT`. */
async function readKey(argument: string): Promise<NamedKey> {
  const [, principal = '', kind, which = ''] = /^([^=]+)=(gpg|ssh|agent):(.+)$/.exec(argument) ?? [];
  if (!namePattern.test(principal)) {
    throw new TowlineError(
      'CLI_USAGE',
      `--root "${argument}" must be NAME=gpg:ID, NAME=ssh:FILE or NAME=agent:COMMENT`,
    );
  }
  if (kind === 'gpg') return { principal, kind: 'openpgp', text: (await gpgSigningKey(which)).publicKey };
  const text = kind === 'agent' ? await agentKey(which) : (await readSshPublicKey(which)).line;
  await assertTrustable('ssh', text, which);
  return { principal, kind: 'ssh', text };
}

/** Path → content of the files below trust/. */
function trustFiles(fleet: string, keys: readonly NamedKey[], threshold: number): Map<string, string> {
  const files = new Map<string, string>();
  const principals: Record<string, { openpgp?: string[]; ssh?: string[] }> = {};
  for (const { principal, kind, text } of keys) {
    principals[principal] ??= {};
    const owned = principals[principal];
    if (kind === 'ssh') owned.ssh = [...(owned.ssh ?? []), text];
    else {
      const file = `trust/keys/${principal}${owned.openpgp === undefined ? '' : `-${owned.openpgp.length + 1}`}.asc`;
      owned.openpgp = [...(owned.openpgp ?? []), file];
      files.set(file, text);
    }
  }
  const roles = { root: { principals: Object.keys(principals), threshold } };
  const policy = {
    apiVersion: 'towline/v1',
    fleet,
    version: 1,
    walk: newestWalk,
    principals,
    roles,
    rules: [],
  };
  files.set(policyPath, stringify(policy, { lineWidth: 0 }));
  return files;
}

/** The very checks that devices make. @throws TowlineError TRUST_POLICY_… */
async function assertUsable(files: ReadonlyMap<string, string>, keys: readonly NamedKey[]): Promise<void> {
  const text = parsePolicy(Buffer.from(files.get(policyPath) ?? ''));
  const principals = new Map<string, TrustKey[]>();
  for (const { principal, kind, text: key } of keys) {
    const read = kind === 'ssh' ? [parseSshKey(key)] : await readOpenpgpKey(key);
    const judged = read.map(one => keyUnderWalk(one, text.walk));
    principals.set(principal, [...(principals.get(principal) ?? []), ...judged]);
  }
  const owned = [...principals].flatMap(([principal, all]) => all.map(key => ({ principal, key })));
  const policy: Policy = { ...text, principals, passkeys: new Map(), keys: new KeyRing(owned) };
  assertUsablePolicy(policy, Math.floor(Date.now() / 1000));
}

async function trustInit(options: InitOptions): Promise<void> {
  const { workTree } = await openRepository(options.repo);
  if (workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', 'the policy is written into a working tree');
  if (!namePattern.test(options.fleet))
    throw new TowlineError('CLI_USAGE', `--fleet "${options.fleet}" is no name`);
  const keys = await Promise.all(options.root.map(readKey));
  const files = trustFiles(options.fleet, keys, Number(options.threshold));
  await assertUsable(files, keys);
  const exists = await access(path.join(workTree, policyPath)).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new TowlineError(
      'CLI_FILE_EXISTS',
      `${policyPath} is there already: change it there, as docs/trust.md says`,
    );
  await mkdir(path.join(workTree, 'trust/keys'), { recursive: true });
  for (const [file, content] of files) await writeFile(path.join(workTree, file), content);
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ fleet: options.fleet, files: [...files.keys()] });
    return;
  }
  terminal.line(`wrote ${[...files.keys()].join(', ')}`);
  terminal.line('next: git add trust && git commit -S; that commit can be the anchor of your devices');
}

const collect = (value: string, previous: readonly string[] = []) => [...previous, value];

export function registerTrustInit(trust: Command): void {
  trust
    .command('init')
    .description('Write a policy in which the named people are root, from keys of gpg, files or ssh-agent.')
    .requiredOption('--fleet <name>', 'name of the fleet')
    .requiredOption('--root <key>', 'NAME=gpg:ID, NAME=ssh:FILE or NAME=agent:COMMENT; repeatable', collect)
    .option('--threshold <n>', 'how many of them a change needs', '1')
    .option('--repo <dir>', 'working tree of the repository', '.')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline trust init --fleet acme-pumps --root alice=gpg:alice@acme.com', 'one person with gpg'],
        [
          'towline trust init --fleet acme-pumps --root alice=agent:alice@laptop --root bob=ssh:bob.pub --threshold 2',
          'two people, both needed',
        ],
      ]),
    )
    .action(trustInit);
}

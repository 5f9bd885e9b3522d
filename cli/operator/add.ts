/** `towline operator add`: a person’s file, with keys and what they reach; with `--role` what they sign counts, too. */
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import type { FilesAt } from '../../core/change/changed-files.ts';
import { readSelector } from '../../core/change/chosen-devices.ts';
import { editedAt } from '../../core/change/edited-at.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import type { Intent } from '../../core/change/intent.ts';
import { TowlineError } from '../../core/errors.ts';
import { maxYamlBytes } from '../../core/fleet/limits.ts';
import { namePattern, operatorPath, policyPath } from '../../core/fleet/paths.ts';
import type { OperatorFile, Selector } from '../../schemas/types.generated.ts';
import { makeChange } from '../change/make-change.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { collect } from '../command/collect.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { assertTrustable } from '../desk/trustable-key.ts';
import { readSshPublicKey } from '../init/signing-key.ts';
import { assertRolesFor, withPrincipal } from './policy-roles.ts';

type FleetGit = NonNullable<NonNullable<OperatorFile['git']>['fleet']>;

interface AddOptions extends ChangeOptions {
  readonly sshKey: readonly string[];
  readonly git?: FleetGit;
  readonly telemetry?: boolean;
  readonly tunnels?: readonly string[];
  readonly reads?: readonly string[];
  readonly description?: string;
  readonly role?: readonly string[];
}

async function add(name: string, options: AddOptions, signal: AbortSignal): Promise<void> {
  if (!namePattern.test(name))
    throw new TowlineError('CLI_USAGE', `"${name}" must be lower-case letters, digits and dashes`);
  const keys: string[] = [];
  for (const key of options.sshKey) keys.push(await keyLine(key));
  const text = operatorText(keys, options);
  const path = operatorPath(name);
  const { role: roles = [] } = options;
  const intend = async (at: FilesAt): Promise<Intent> => {
    const fleet = await fleetOf(at);
    // One that cannot be read is there, too.
    if ((await at.files.fileAt(at.commit, path, maxYamlBytes)) !== undefined)
      throw new TowlineError('CLI_FILE_EXISTS', `${name} is there already: change ${path}`, {
        position: { file: path },
      });
    const files = new Map([[path, text]]);
    if (roles.length === 0) return { files, message: `${name} comes` };
    assertRolesFor(fleet, name, roles);
    const policy = await editedAt(at, policyPath, document => withPrincipal(document, name, { keys, roles }));
    if (policy !== undefined) files.set(policyPath, policy);
    return { files, message: `${name} comes, as ${roles.join(', ')}` };
  };
  const made = await makeChange({ options, name: `add-${name}`, intend }, signal);
  const counts = roles.length === 0 ? '' : `, and what they sign counts as that of ${roles.join(', ')}`;
  sayMade(made, {
    json: options.json === true,
    done: `${name} comes in at the gateway${counts}`,
    already: `${name} is there already`,
    fields: { operator: name, file: path, roles },
    notes:
      roles.length > 0
        ? []
        : [
            `What ${name} signs counts nowhere yet: that is a principal, a role and a rule in trust/policy.yaml (--role).`,
          ],
  });
}

/** @throws TowlineError CLI_USAGE */
function operatorText(keys: readonly string[], options: AddOptions): string {
  const { description, git, telemetry = false, tunnels = [], reads = [] } = options;
  const asGit = {
    ...(git === undefined ? {} : { fleet: git }),
    ...(telemetry ? { telemetry: 'read' as const } : {}),
  };
  const value: OperatorFile = {
    apiVersion: 'towline/v1',
    ...(description === undefined ? {} : { description }),
    sshKeys: [...keys],
    ...(Object.keys(asGit).length === 0 ? {} : { git: asGit }),
    ...(reads.length === 0 ? {} : { reads: reads.map(text => oneSelector('--reads', text)) }),
    ...(tunnels.length === 0 ? {} : { tunnels: tunnels.map(text => oneSelector('--tunnels', text)) }),
  };
  const comment = '# yaml-language-server: $schema=../.towline/schemas/operator.schema.json\n';
  return comment + stringify(value, { lineWidth: 0 });
}

/** A line of a public key file, or the file. @throws TowlineError CLI_SIGNING_KEY */
async function keyLine(text: string): Promise<string> {
  if (!/^[a-z0-9@.-]+ AAAA/.test(text)) return (await readSshPublicKey(text)).line;
  await assertTrustable('ssh', text.trim(), text.slice(0, 40));
  return text.trim();
}

/** What `-l` has as terms, as the one selector that a file takes. @throws TowlineError CLI_USAGE */
export function oneSelector(option: string, text: string): Selector {
  const terms = readSelector(text);
  const groups = terms.flatMap(({ groups: names = [] }) => names);
  if (groups.length > 1)
    throw new TowlineError(
      'CLI_USAGE',
      `${option} ${text}: a selector of a file names one group; say it once for each`,
    );
  const labels = Object.assign({}, ...terms.map(term => term.labels ?? {}));
  return {
    ...(terms.some(({ all }) => all === true) ? { all: true as const } : {}),
    ...(groups.length === 0 ? {} : { groups }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

export function registerOperatorAdd(operator: Command, stop: Stop): void {
  const levels: readonly FleetGit[] = ['none', 'read', 'request', 'write'];
  const verb = operator
    .command('add')
    .description('Write a person’s file: their keys at the gateway, git there, which devices they reach.')
    .argument('<name>', 'by which the fleet knows them')
    .requiredOption('--ssh-key <file>', 'their public key: its file, or its line; repeatable', collect)
    .addOption(new Option('--git <what>', 'git of the fleet: what they may').choices(levels))
    .option('--telemetry', 'they read the telemetry of the whole fleet')
    .option(
      '--reads <terms>',
      'they read the telemetry of these devices, as -l has them; repeatable',
      collect,
    )
    .option('--tunnels <terms>', 'they come in to these devices, as -l has them; repeatable', collect)
    .option(
      '--role <name>',
      'of trust/policy.yaml: what they sign counts as that of the role; repeatable',
      collect,
    )
    .option('--description <text>', 'for people');
  changeOptions(verb)
    .addHelpText(
      'after',
      examples([
        ['towline operator add bob --ssh-key bob.pub --git write --telemetry --tunnels all', 'a colleague'],
        [
          'towline operator add carla --ssh-key carla.pub --git request --reads site=berlin --tunnels site=berlin',
          'who looks after a site, and asks for tunnels there',
        ],
        [
          'towline operator add dora --ssh-key dora.pub --git write --role operate',
          'what she signs counts as that of the role',
        ],
      ]),
    )
    .action((name: string, options: AddOptions) => add(name, options, stop()));
}

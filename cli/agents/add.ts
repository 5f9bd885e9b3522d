/** `towline agents add`: root lists a version of the agent, by the hashes of what lies in a folder. */
import type { Command } from 'commander';
import { type FilesAt, textAt } from '../../core/change/changed-files.ts';
import { editedText } from '../../core/change/edited-yaml.ts';
import { TowlineError } from '../../core/errors.ts';
import { maxYamlBytes } from '../../core/fleet/limits.ts';
import { agentVersionPath, policyPath } from '../../core/fleet/paths.ts';
import { makeChange } from '../change/make-change.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { raiseVersion } from '../operator/policy-roles.ts';
import { assertHashes, openPackageFolder, type PackageFolder } from './package-folder.ts';

async function add(folder: string, options: ChangeOptions, signal: AbortSignal): Promise<void> {
  const found = await openPackageFolder(folder);
  await assertHashes(found.files, signal);
  const { version, value, files } = found;
  const intend = (at: FilesAt) => intendListing(found, at);
  const made = await makeChange({ options, name: `agent-${version}`, intend }, signal);
  const platforms = Object.keys(value.platforms);
  sayMade(made, {
    json: options.json === true,
    done: `agent ${version} is listed, for ${platforms.join(', ')}`,
    already: `agent ${version} is listed already`,
    fields: { version, platforms, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) },
    notes: [`bring its files to the gateway: towline agents push ${folder}`],
  });
}

/** @throws TowlineError AGENT_VERSION_TAKEN */
async function intendListing({ version, text }: PackageFolder, at: FilesAt) {
  const { files, commit } = at;
  const path = agentVersionPath(version);
  const before = await files.fileAt(commit, path, maxYamlBytes);
  if (before === undefined) {
    const policy = editedText(policyPath, await textAt(at, policyPath), raiseVersion);
    const changed = new Map([
      [path, text],
      [policyPath, policy],
    ]);
    return { files: changed, message: `Agent ${version} is listed` };
  }
  if (Buffer.from(before.bytes).toString('utf8') === text) return undefined;
  throw new TowlineError('AGENT_VERSION_TAKEN', `${path} lists other files`, { position: { file: path } });
}

export function registerAgentsAdd(agents: Command, stop: Stop): void {
  const command = agents
    .command('add')
    .description('List a version in trust/agents, by the hashes of its files: devices may then run it.')
    .argument('<folder>', 'with towline-agent_VERSION.yaml and parts/, as `npm run package` writes it');
  changeOptions(command)
    .addHelpText(
      'after',
      examples([
        ['towline agents add towline-0.2.0', 'a signed commit of root’s; nobody runs it yet'],
        ['towline agents add towline-0.2.0 --pr', 'as a pull request, where root is several people'],
      ]),
    )
    .action((folder: string, options: ChangeOptions) => add(folder, options, stop()));
}

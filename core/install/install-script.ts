/** The script that installs one version of the agent: deploy/install.sh with the parts of that version written into it. */
import { TowlineError } from '../errors.ts';

export interface InstallPart {
  /** `node`, `agent`, `helper`, `gateway`: what the script asks for, by role. */
  readonly name: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface InstallScript {
  /** Text of deploy/install.sh. */
  readonly template: string;
  readonly version: string;
  /** Platform, such as `linux/arm/v7`, and its parts. */
  readonly platforms: Readonly<Record<string, { readonly parts: readonly InstallPart[] }>>;
}

const versionLine = "version=''";
const partsLine = "parts=''";

const words = {
  version: /^[0-9A-Za-z][0-9A-Za-z.+~-]{0,63}$/,
  platform: /^[a-z0-9]{1,32}(\/[a-z0-9]{1,32}){1,2}$/,
  name: /^[a-z]{1,32}$/,
  sha256: /^[0-9a-f]{64}$/,
  bytes: /^[1-9][0-9]{0,9}$/,
};

/** What stands between the quotes of a shell must be none of its own words. */
function checked(kind: keyof typeof words, value: string): string {
  if (words[kind].test(value)) return value;
  throw new TowlineError('CLI_USAGE', `an install script cannot hold the ${kind} ${JSON.stringify(value)}`);
}

function row(platform: string, { name, sha256, bytes }: InstallPart): string {
  const cells = [checked('platform', platform), checked('name', name), checked('sha256', sha256)];
  return [...cells, checked('bytes', `${bytes}`)].join(' ');
}

/**
 * The same version gives the same bytes: rows are in the order of their platforms.
 * @throws TowlineError CLI_USAGE for what is no version, platform, name or hash, and a template that is none
 */
export function installScript({ template, version, platforms }: InstallScript): string {
  const rows = Object.keys(platforms)
    .sort()
    .flatMap(platform => platforms[platform]?.parts.map(part => row(platform, part)) ?? []);
  const lines = template.split('\n');
  for (const line of [versionLine, partsLine])
    if (lines.filter(one => one === line).length !== 1)
      throw new TowlineError('CLI_USAGE', `the template has not one line ${line}`);
  return lines
    .map(line => {
      if (line === versionLine) return `version='${checked('version', version)}'`;
      return line === partsLine ? `parts='\n${rows.join('\n')}\n'` : line;
    })
    .join('\n');
}

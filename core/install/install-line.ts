/** The line that puts the agent onto a device: fetch the install script from a gateway, compare its hash, run it. */
import { TowlineError } from '../errors.ts';

export interface InstallLine {
  /** Of the script, hexadecimal: it stands in the line, so whoever serves the script cannot choose it. */
  readonly sha256: string;
  /** host:port, as fleet.yaml has them; the first that answers. */
  readonly gateways: readonly string[];
  /** What the script is told besides. */
  readonly options: readonly string[];
}

const hash = /^[0-9a-f]{64}$/;
/** As the schema has it: nothing that a shell takes for more than a letter. */
const address = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*):[0-9]{1,5}$/;
const option = /^[A-Za-z0-9/.:_-]+$/;

function checked(what: RegExp, word: string): string {
  if (what.test(word)) return word;
  throw new TowlineError('CLI_USAGE', `${JSON.stringify(word)} cannot stand in an install line`);
}

/**
 * For dash, bash and busybox, with curl or wget; `sudo` can be put in front. The gateway's certificate is not looked at: what
 * counts is the hash. Standard input is left to the script, which reads a token there.
 * @throws TowlineError CLI_USAGE for what a shell would take for more than a word
 */
export function installLine({ sha256, gateways, options }: InstallLine): string {
  checked(hash, sha256);
  if (gateways.length === 0)
    throw new TowlineError('CLI_USAGE', 'fleet.yaml names no gateway to install from');
  const hosts = gateways.map(gateway => `"${checked(address, gateway)}"`).join(' ');
  const from = gateways.map(gateway => `--from "https://${gateway}"`);
  const words = [...from, ...options.map(word => checked(option, word))].join(' ');
  const steps = [
    'set -e',
    'umask 077',
    'd=$(mktemp -d)',
    // A folder for temporary files may have spaces in its name.
    'trap "rm -rf \\"\\$d\\"" 0',
    'cd "$d"',
    `for g in ${hosts}; do u="https://$g/agents/sha256/${sha256}"`,
    'command -v curl >/dev/null && curl -fgkSs -m 120 -o i "$u" || wget -qT 60 -O i --no-check-certificate "$u" || continue',
    'break',
    'done',
    `echo "${sha256}  i" | sha256sum -c`,
    `sh i ${words}`,
  ];
  return `sh -c '${steps.join('; ')}'`;
}

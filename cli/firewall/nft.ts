/** What the kernel of this machine has, and what it would have. */
import { execFile } from 'node:child_process';
import { TowlineError } from '../../core/errors.ts';
import { type LoadedTable, readLoadedTable } from '../../core/firewall/loaded-table.ts';
import { tableName } from '../../core/firewall/print.ts';

const maxBytes = 16 * 1024 * 1024;
const timeoutMs = 30_000;

interface Ran {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** @throws TowlineError FIREWALL_NFT where the program is missing; an abort as it is */
function run(command: string, args: readonly string[], input: string, signal: AbortSignal): Promise<Ran> {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const options = {
    signal,
    maxBuffer: maxBytes,
    timeout: timeoutMs,
    env: { ...process.env, PATH: path, LC_ALL: 'C' },
  };
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, options, (error, output, errors) => {
      if (signal.aborted) reject(signal.reason);
      else if (error === null) resolve({ code: 0, output, errors });
      else if (typeof error.code === 'number') resolve({ code: error.code, output, errors });
      else
        reject(
          new TowlineError('FIREWALL_NFT', `${command} cannot be run: ${error.message}`, { cause: error }),
        );
    });
    // It may end before it has read all of it.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

const list = ['-j', 'list', 'table', 'inet', tableName];

function failed(what: string, { code, errors }: Ran): TowlineError {
  const [first = ''] = errors.trim().split('\n');
  return new TowlineError('FIREWALL_NFT', `${what} ended with ${code}: ${first.slice(0, 300)}`);
}

/** @returns undefined: there is no such table @throws TowlineError FIREWALL_NFT */
export async function loadedHere(signal: AbortSignal): Promise<LoadedTable | undefined> {
  const ran = await run('nft', list, '', signal);
  if (ran.code === 0) return readLoadedTable(ran.output);
  if (/No such file or directory/.test(ran.errors)) return undefined;
  throw failed('nft', ran);
}

/**
 * The same nft prints both, so that they are told in one form: the rules are loaded into a network namespace that has nothing
 * else and ends at once.
 * @throws TowlineError FIREWALL_NFT
 */
export async function asLoaded(rules: string, signal: AbortSignal): Promise<LoadedTable> {
  const own = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const script = `nft -f - && exec nft ${list.join(' ')}`;
  const ran = await run('unshare', [...own, '--net', 'sh', '-c', script], rules, signal);
  if (ran.code !== 0) throw failed('nft, in a namespace of its own,', ran);
  return readLoadedTable(ran.output);
}

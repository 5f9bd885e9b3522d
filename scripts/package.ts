/**
 * `npm run package [-- --arch amd64,arm64 --out FOLDER --only parts --sign-key FINGERPRINT]`: what is installed, for Debian and other
 * Linux, and the gateway's image. The same commit gives the same bytes, but signatures (docs/guides/release-process.md).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { architectures, isArchitecture } from './package/architecture.ts';
import { makeRelease, type ReleaseOptions } from './package/release.ts';
import { Signer } from './package/signer.ts';

const root = path.dirname(import.meta.dirname);
const usage = `usage: npm run package [-- --arch ${architectures.join(',')}] [--out FOLDER] [--only parts] [--sign-key KEY] [--fast]`;

type Wanted = Omit<ReleaseOptions, 'scratch' | 'say' | 'commit' | 'epochSeconds'>;

function wanted(words: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...words],
    options: {
      ...{ arch: { type: 'string' }, out: { type: 'string' }, only: { type: 'string' } },
      ...{ 'sign-key': { type: 'string' }, fast: { type: 'boolean' } },
    },
  });
  const names = values.arch?.split(',') ?? [...architectures];
  const known = names.filter(isArchitecture);
  if (known.length < names.length) throw new Error(`no such architecture: ${values.arch}\n${usage}`);
  if (values.only !== undefined && values.only !== 'parts') throw new Error(usage);
  const key = values['sign-key'] ?? process.env.TOWLINE_SIGN_KEY;
  return {
    // In one order, whatever was typed.
    architectures: architectures.filter(name => known.includes(name)),
    folder: path.resolve(values.out ?? path.join(root, 'dist/packages')),
    fast: values.fast === true,
    onlyParts: values.only === 'parts',
    signer: key === undefined || key === '' ? undefined : new Signer(key),
  };
}

function git(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', ['-C', root, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${words[0]}: ${stderr.trim()}`);
  return stdout.trim();
}

async function main(words: readonly string[]): Promise<void> {
  const options = wanted(words);
  const [commit = '', seconds = ''] = git('log', '-1', '--format=%H %ct').split(' ');
  if (git('status', '--porcelain') !== '')
    console.error('there are changes here that are not committed: these bytes are of no commit');
  const scratch = mkdtempSync(path.join(tmpdir(), 'towline-package-'));
  const say = (file: string) => console.log(path.relative(process.cwd(), file));
  try {
    await makeRelease({ ...options, scratch, say, commit, epochSeconds: Number(seconds) });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`npm run package: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

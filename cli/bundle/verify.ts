/** `towline bundle verify`: that every byte of a file is what was signed and pinned, as this clone knows the fleet. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { OpenBundle } from '../../core/bundle/open-bundle.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { showStop } from '../trust/stopped-walk.ts';
import { assertPinned } from './assert-pinned.ts';
import { bundleIn } from './input.ts';
import { type CarriedWalk, walkCarried } from './walk-carried.ts';

interface VerifyOptions {
  readonly repo: string;
  readonly anchor?: string;
  readonly json?: boolean;
}

/** Reads the file to its end. @returns where its commits are by then */
async function readWhole(bundle: OpenBundle, folder: string, signal: AbortSignal): Promise<string> {
  const commits = path.join(folder, 'commits.bundle');
  for await (const { kind, bytes } of bundle.parts()) {
    signal.throwIfAborted();
    if (kind === 'git') await pipeline(Readable.from(bytes), createWriteStream(commits), { signal });
  }
  return commits;
}

function showVerified({ contents, size }: OpenBundle, walk: CarriedWalk, isJson: boolean): void {
  const { stopped, trusted, relation } = walk;
  const terminal = standardTerminal();
  const { commit, devices, images } = contents;
  if (isJson) {
    const facts = { bytes: size, commit, trusted: trusted.commit, relation, devices, images: images.length };
    terminal.json({ ok: stopped === undefined, ...facts, stopped: stopped ?? null });
  } else if (stopped === undefined) {
    const counts = `${images.length} image${images.length === 1 ? '' : 's'}, ${formatBytes(size)}`;
    terminal.line(`${terminal.colour('green', 'verified')} commit ${commit} (${relation}), ${counts}`);
  } else showStop(terminal, stopped);
}

async function verify(file: string, options: VerifyOptions, signal: AbortSignal): Promise<void> {
  const bundle = await bundleIn(file, signal);
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-bundle-'));
  try {
    const commits = await readWhole(bundle, folder, signal);
    const walk = await walkCarried({ ...options, folder, commits, contents: bundle.contents }, signal);
    if (walk.stopped === undefined) assertPinned(walk.fleet, bundle.contents);
    showVerified(bundle, walk, options.json === true);
    process.exitCode = walk.stopped === undefined ? exitCode.ok : exitCode.untrusted;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function registerVerify(bundle: Command, stop: Stop): void {
  bundle
    .command('verify')
    .description(
      'Check a bundle as its devices will: every byte, its commits by the walk from your anchor, its images by their releases.',
    )
    .argument('<file>', 'the bundle; - is standard input')
    .option('--repo <dir>', 'a clone of the fleet repository', '.')
    .option(
      '--anchor <commit>',
      'commit that is trusted to begin with (default: configuration towline.anchor)',
    )
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline bundle verify pump-17.tlb', 'exits with 0 where all is well, 3 where the walk stops'],
        ['ssh site "cat pump-17.tlb" | towline bundle verify -', 'where it lies somewhere else'],
      ]),
    )
    .action((file: string, options: VerifyOptions) => verify(file, options, stop()));
}

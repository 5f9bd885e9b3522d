/** A step of a rollout where a forge guards main: a branch, and a request for it. */
import { TowlineError } from '../../core/errors.ts';
import type { RolloutReport } from '../../core/rollout/board.ts';
import { pushDraft } from '../change/draft.ts';
import type { Proposal, RemoteMain } from '../change/remote-main.ts';
import { listRefs } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import { remotePlace } from '../desk/repository.ts';
import type { ForgeKind } from '../forge/forge.ts';
import { forgeToken } from '../forge/forge-token.ts';
import { openForge } from '../forge/open-forge.ts';
import type { TrustWalk } from '../trust/walk.ts';

export interface RequestOptions {
  readonly forge?: ForgeKind;
  readonly url?: string;
  readonly repository?: string;
  readonly tokenFile?: string;
}

export interface StepRequest {
  readonly look: TrustWalk;
  readonly report: RolloutReport;
  readonly proposal: Proposal;
  readonly options: RequestOptions;
}

/** @returns its branch, and the address of its request where a forge is named */
export async function askedFor(
  main: RemoteMain,
  { look, report, proposal, options }: StepRequest,
  signal: AbortSignal,
): Promise<{ readonly branch: string; readonly request?: string }> {
  const branch = await branchOf(look, report, signal);
  const ref = `refs/heads/${branch}`;
  const directory = remotePlace(main.repository);
  const there = await listRefs({ place: main.remote, refs: [ref], directory }, signal);
  if (!there.has(ref)) await pushDraft(main, look, { proposal, branch }, signal);
  const request = await requestFor({ options, branch, proposal }, signal);
  return { branch, ...(request === undefined ? {} : { request }) };
}

/**
 * The same until the step is on main, or people have changed the file: by the commit that changed it last. So a second run finds
 * it there, and what was asked for and merged before is not taken for it.
 */
async function branchOf(
  look: TrustWalk,
  { key, rollout, step }: RolloutReport,
  signal: AbortSignal,
): Promise<string> {
  const { stage } = rollout.file.value;
  const { gitDirectory: directory } = look.repository;
  const args = ['log', '-1', '--first-parent', '--format=%H', look.trusted.commit, '--', rollout.file.path];
  const changed = (await git(args, { directory, signal })).trim().slice(0, 12);
  return `rollouts/${key}/${step.kind === 'advance' ? `stage-${step.stage}` : `pause-${stage}`}-${changed}`;
}

/** Without a forge that is named, people open it: the remote may have said where. */
async function requestFor(
  { options, branch, proposal }: { options: RequestOptions; branch: string; proposal: Proposal },
  signal: AbortSignal,
): Promise<string | undefined> {
  const { forge: kind, url, repository, tokenFile } = options;
  if (kind === undefined) return undefined;
  if (url === undefined || repository === undefined)
    throw new TowlineError('CLI_USAGE', '--forge needs --url and --repository');
  const forge = openForge({ kind, url, repository, token: await forgeToken(tokenFile, process.env) });
  const [title = '', ...rest] = proposal.message.split('\n');
  const asked = { branch, base: 'main', title, body: rest.join('\n').trim().replaceAll(/^/gm, '    ') };
  return (await forge.openRequest(asked, signal)).url;
}

/** What `tunnel open --pr` and `tunnel request` do: a branch, pushed, and what is to become of it. */

import { openingWords, type Planned, type TunnelIntent } from '../../core/change/tunnel/tunnel-intent.ts';
import { TowlineError } from '../../core/errors.ts';
import { type Draft, pushDraft } from '../change/draft.ts';
import type { RemoteMain } from '../change/remote-main.ts';
import { standardTerminal } from '../command/terminal.ts';
import { planOpening } from './change/tunnel-change.ts';

export interface DraftOptions {
  readonly id: string;
  readonly asked: Parameters<typeof planOpening>[2];
  readonly branch: string;
  readonly pushOption?: readonly string[];
}

export interface Drafted {
  readonly planned: Planned & { readonly proposal: TunnelIntent };
  readonly draft: Draft;
}

/** @throws TowlineError CLI_USAGE where nothing is left to ask for; CLI_PUSH_REFUSED, … */
export async function draftOpening(
  main: RemoteMain,
  { id, asked, branch, pushOption }: DraftOptions,
  signal: AbortSignal,
): Promise<Drafted> {
  await using look = await main.look(signal);
  const planned = await planOpening(look, id, asked);
  const { proposal } = planned;
  if (proposal === undefined)
    throw new TowlineError('CLI_USAGE', `${id} is open already, ${openingWords(planned.device, undefined)}`);
  const { until } = proposal.tunnel;
  const question = {
    proposal,
    branch,
    until,
    ...(pushOption === undefined ? {} : { pushOptions: pushOption }),
  };
  const draft = await pushDraft(main, look, question, signal);
  return { planned: { ...planned, proposal }, draft };
}

export function sayDraft({ planned, draft }: Drafted, json: boolean): void {
  const { device, proposal } = planned;
  const { branch, commit, approvedBy, words } = draft;
  const terminal = standardTerminal();
  if (json) {
    const { state, until, reason, allow } = proposal.tunnel;
    const tunnel = { state, until, reason, allow };
    terminal.json({
      device: device.id,
      file: device.path,
      branch,
      commit,
      approvedBy: approvedBy ?? null,
      tunnel,
      words,
    });
    return;
  }
  terminal.line(
    `${terminal.colour('green', 'pushed')} ${branch}: ${device.id} is to open, ${openingWords(device, proposal.tunnel)}`,
  );
  terminal.line(approvedBy === undefined ? 'not approved by anybody yet' : `approved by ${approvedBy}`);
  for (const word of words) terminal.line(`  ${word}`);
  terminal.line(`whoever may grant it: towline tunnel grant ${branch}`);
}

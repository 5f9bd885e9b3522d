/** A proposal as the API tells it. */
import { commitFingerprint } from '../../core/trust/git/commit-fingerprint.ts';
import type { Proposal, Way } from '../api/types.generated.ts';
import type { Home } from '../home/home.ts';
import type { Viewer } from '../home/viewer.ts';
import { changeProgress } from './change-progress.ts';
import { commandOf } from './command-of.ts';
import type { PendingChange } from './pending-change.ts';

export interface ProposalQuestion {
  readonly home: Home;
  readonly viewer: Viewer;
  readonly change: PendingChange;
  readonly ways: readonly Way[];
}

/** @throws the signal's reason */
export async function proposalOf(question: ProposalQuestion, signal: AbortSignal): Promise<Proposal> {
  const { change, ways } = question;
  const { id, draft, passkey } = change;
  const isAsked = ways.some(({ way, open }) => way === 'passkey' && open);
  const { intent, base, commit, message, files, devices, plans, needs } = draft;
  return {
    ...{ id, intent, base, commit: commit.id, fingerprint: commitFingerprint(commit.payload), message },
    ...{ files: [...files], devices: { count: devices.length, plans: [...plans] }, needs: [...needs] },
    ...{ ways: [...ways], command: commandOf(intent) },
    ...(isAsked && passkey.challenge !== undefined ? { challenge: { ...passkey.challenge } } : {}),
    ...(await fateOf(question, signal)),
  };
}

type Fate = Pick<Proposal, 'state' | 'signed' | 'request' | 'progress' | 'refused' | 'successor'>;

async function fateOf({ home, viewer, change }: ProposalQuestion, signal: AbortSignal): Promise<Fate> {
  const { stage, draft } = change;
  switch (stage.is) {
    case 'shown':
      return { state: 'shown' };
    case 'signing':
      return { state: 'signed' };
    case 'moved':
      return { state: 'moved', successor: stage.successor };
    case 'refused':
      return { state: 'refused', refused: stage.why };
    case 'asked':
      return { state: 'pushed', request: stage.request };
    case 'pushed': {
      const { signed, atMs: pushedMs } = stage;
      const { base, devices } = draft;
      const question = { home, viewer, base, signed, pushedMs, devices };
      const { state, progress } = await changeProgress(question, signal);
      return { state, signed, progress: [...progress] };
    }
  }
}

/** How a change of the page at a desk is signed and pushed: as by any verb, from the person's own clone. */
import { FleetLoads } from '../../core/change/fleet-loads.ts';
import { TowlineError } from '../../core/errors.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { Person } from '../../core/trust/git/commit-object.ts';
import type { Way } from '../../portal/api/types.generated.ts';
import type {
  Asked,
  AskedBranch,
  ChangeHome,
  MainLook,
  PushAnswer,
  Pushed,
} from '../../portal/home/change-home.ts';
import { pushDraft } from '../change/draft.ts';
import { isTaken } from '../change/push-outcome.ts';
import type { RemoteMain } from '../change/remote-main.ts';
import { git } from '../desk/git.ts';
import { push } from '../desk/push.ts';
import { remotePlace } from '../desk/repository.ts';
import { versionsOf } from '../tunnel/change/tunnel-change.ts';
import { signCommit, writeObjects } from './sign-commit.ts';
import { type AskPerson, assertWanted } from './sign-question.ts';

export interface SigningDeskOptions {
  readonly main: RemoteMain;
  readonly ask: AskPerson;
  /** Whether anybody can be asked. */
  readonly isAsked: () => boolean;
  /** main has moved, by this page's own doing: what is shown is looked at anew. */
  readonly onPushed: () => Promise<void>;
}

const mainRef = 'refs/heads/main';
const identPattern = /^(.*) <([^<>]*)> [0-9]+ ([+-][0-9]{4})$/;

export class SigningDesk implements ChangeHome {
  readonly origin = undefined;
  readonly #options: SigningDeskOptions;
  readonly #loads = new FleetLoads();

  constructor(options: SigningDeskOptions) {
    this.#options = options;
  }

  ways(): readonly Way[] {
    const { remote } = this.#options.main;
    const local: Way = this.#options.isAsked()
      ? { way: 'local', open: true }
      : {
          way: 'local',
          open: false,
          why: '`towline portal` runs in no terminal in which you could be asked',
        };
    return [
      local,
      {
        way: 'passkey',
        open: false,
        why: 'a passkey signs on a page of the gateway; here you have your own key',
      },
      { way: 'patch', open: true },
      { way: 'forge', open: true },
      { way: 'request', open: false, why: `here a branch is pushed to ${remote}: take that way` },
    ];
  }

  async look(signal: AbortSignal): Promise<MainLook> {
    const { main } = this.#options;
    const walk = await main.look(signal);
    const objects = new GitCatFileSource(main.repository.gitDirectory);
    const { trusted, policies, holders } = walk;
    return {
      ...{ trusted, objects, policies, holders, versions: versionsOf(walk), loads: this.#loads },
      [Symbol.asyncDispose]: async () => {
        await objects[Symbol.asyncDispose]();
        await walk[Symbol.asyncDispose]();
      },
    };
  }

  /** As git has them. @throws TowlineError CLI_SIGNING where it knows nobody */
  async author(_viewer: unknown, signal: AbortSignal): Promise<Pick<Person, 'name' | 'email' | 'zone'>> {
    const { gitDirectory: directory } = this.#options.main.repository;
    const [, name, email, zone] =
      identPattern.exec(await git(['var', 'GIT_AUTHOR_IDENT'], { directory, signal })) ?? [];
    if (name === undefined || email === undefined || zone === undefined)
      throw new TowlineError('CLI_SIGNING', 'git does not know who you are: user.name and user.email');
    return { name, email, zone };
  }

  /** The page is this machine's own: nobody has to compare it with what somebody else serves. */
  async keep(): Promise<void> {}

  async forget(): Promise<void> {}

  async sign(asked: Asked, signal: AbortSignal): Promise<string> {
    const { main, ask } = this.#options;
    await assertWanted({ asked, where: `main of ${main.remote}` }, ask, signal);
    const { gitDirectory: directory } = main.repository;
    return await signCommit({ directory, commit: asked.commit, key: main.options.key }, signal);
  }

  async draft(
    { branch, changes, message, ...asked }: AskedBranch,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { main, ask } = this.#options;
    const where = `the branch ${branch} of ${main.remote}`;
    await assertWanted({ asked, where, isApproval: true }, ask, signal);
    await using walk = await main.look(signal);
    if (walk.trusted.commit !== asked.commit.base)
      throw new TowlineError('PORTAL_CHANGE_STATE', 'main has moved while you were asked: look at it again');
    const proposal = { files: changes, message: message.trimEnd() };
    return (await pushDraft(main, walk, { proposal, branch }, signal)).words;
  }

  async push({ ref, base, commit, objects }: Pushed, signal: AbortSignal): Promise<PushAnswer> {
    const { main, onPushed } = this.#options;
    const { repository, remote } = main;
    await writeObjects(repository.gitDirectory, objects, signal);
    const directory = remotePlace(repository);
    try {
      const { outcome, words } = await push({ directory, remote, commit, ref }, signal);
      if (outcome === 'taken') await onPushed();
      return outcome === 'taken' ? { outcome, words } : { outcome };
    } catch (error) {
      if (ref !== mainRef) throw error;
      const look = () => main.look(signal);
      const isThere = await isTaken({ error, directory, commit, base, look }, signal);
      if (isThere) await onPushed();
      return isThere ? { outcome: 'taken', words: [] } : { outcome: 'moved' };
    }
  }
}

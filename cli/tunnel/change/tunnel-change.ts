/** The commits that open and close a tunnel, of main as this clone fetches it. */
import type { DeviceAtMain, FileVersions } from '../../../core/change/tunnel/device-at.ts';
import {
  intendClosing,
  intendOpening,
  type Planned,
  type WantedOpening,
} from '../../../core/change/tunnel/tunnel-intent.ts';
import { filesAt } from '../../change/remote-main.ts';
import { git } from '../../desk/git.ts';
import type { TrustWalk } from '../../trust/walk.ts';

/** @throws as `intendOpening` */
export const planOpening = (main: TrustWalk, id: string, asked: WantedOpening): Promise<Planned> =>
  intendOpening(filesAt(main), id, { ...asked, nowMs: Date.now() });

/** @throws as `intendClosing` */
export const planClosing = (
  main: TrustWalk,
  id: string,
  fits: (device: DeviceAtMain) => boolean = () => true,
): Promise<Planned> =>
  intendClosing(filesAt(main), id, { versions: versionsOf(main), nowMs: Date.now(), fits });

export const versionsOf =
  ({ repository, trusted }: TrustWalk): FileVersions =>
  async (path, most) => {
    const args = ['log', '--first-parent', `-n${most}`, '--format=%H', trusted.commit, '--', path];
    const listed = await git(args, { directory: repository.gitDirectory });
    return listed.split('\n').filter(id => id !== '');
  };

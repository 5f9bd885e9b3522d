/** What a page asks for, as the same change that a verb makes. */
import { intendAssignment } from '../../core/change/assignment.ts';
import type { FilesAt } from '../../core/change/changed-files.ts';
import { type DeviceEdits, intendDevices } from '../../core/change/device-edits.ts';
import type { Intent as Change } from '../../core/change/intent.ts';
import { pauseEdits, resumeEdits } from '../../core/change/pausing.ts';
import { pinEdits, unpinEdits, untilOf } from '../../core/change/pin.ts';
import {
  abortion,
  intendDeed,
  pausing,
  promotion,
  type RolloutDeed,
  resumption,
} from '../../core/change/rollout-edits.ts';
import type { FileVersions } from '../../core/change/tunnel/device-at.ts';
import { intendClosing, intendOpening } from '../../core/change/tunnel/tunnel-intent.ts';
import { durationOption, reasonOption } from '../../core/change/typed-text.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Intent } from '../api/types.generated.ts';

export interface ChangePlace {
  readonly at: FilesAt;
  readonly versions: FileVersions;
  readonly nowMs: number;
}

type Made = Promise<Change | undefined>;

/**
 * @returns undefined: it is so already
 * @throws TowlineError CLI_USAGE, CLI_NO_SUCH_DEVICE, ROLLOUT_…, TUNNEL_FILE, FLEET_…; FleetProblems
 */
export async function intended(asked: Intent, { at, versions, nowMs }: ChangePlace): Made {
  switch (asked.intent) {
    case 'pause-device':
      return await ofDevices(pauseEdits(asked), at, reasonOf(asked));
    case 'resume-device':
      return await ofDevices(resumeEdits(asked), at);
    case 'open-tunnel': {
      const forMs = asked.for === undefined ? {} : { forMs: durationOption('--for', asked.for) };
      const allow = asked.allow === undefined || asked.allow.length === 0 ? {} : { allow: asked.allow };
      const wanted = { ...forMs, ...allow, ...reasonOf(asked), nowMs };
      return (await intendOpening(at, asked.device, wanted)).proposal;
    }
    case 'close-tunnel':
      return (await intendClosing(at, asked.device, { versions, nowMs })).proposal;
    case 'promote-rollout':
      return await ofRollout(
        promotion(asked.now === true ? 'now' : 'hold', () => nowMs),
        asked,
        at,
      );
    case 'pause-rollout':
      return await ofRollout(pausing(reasonOf(asked).reason), asked, at);
    case 'resume-rollout':
      return await ofRollout(
        resumption(() => nowMs),
        asked,
        at,
      );
    case 'abort-rollout':
      return await ofRollout(
        abortion(reasonOf(asked).reason, () => undefined),
        asked,
        at,
      );
    case 'assign-release': {
      const { app, release, device, group } = asked;
      const targets = {
        ...(device === undefined ? {} : { device: [device] }),
        ...(group === undefined ? {} : { group: [group] }),
      };
      return (await intendAssignment({ app, release, isNext: false, targets, nowMs }, at)).intent;
    }
    case 'pin': {
      const until = asked.until === undefined ? {} : { until: untilOf(asked.until, nowMs) };
      const { device, app, release } = asked;
      return await ofDevices(pinEdits({ device, app, release, ...until, ...reasonOf(asked), nowMs }), at);
    }
    case 'unpin':
      return await ofDevices(unpinEdits({ devices: [asked.device], app: asked.app, nowMs }), at);
  }
}

async function ofDevices(edits: DeviceEdits, at: FilesAt, { reason }: { reason?: string } = {}): Made {
  const { intent } = await intendDevices(edits, at);
  if (intent === undefined || reason === undefined) return intent;
  return { ...intent, message: `${intent.message}\n\n${reason}` };
}

async function ofRollout(deed: RolloutDeed, { rollout }: { readonly rollout: string }, at: FilesAt): Made {
  if (!/^[a-z0-9][a-z0-9-]*\/[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(rollout))
    throw new TowlineError('ROLLOUT_UNKNOWN', 'a rollout is named app/name');
  return (await intendDeed(deed, rollout, at)).intent;
}

/** One line. @throws TowlineError CLI_USAGE */
function reasonOf({ reason }: { readonly reason?: string }): { readonly reason?: string } {
  return reason === undefined ? {} : { reason: reasonOption(reason) };
}

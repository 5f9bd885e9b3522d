/** Keys of auditors to which no device could encrypt today: expired, revoked, or made for signing alone. */
import { isTowlineError, type Problem } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { AccessFile } from '../fleet/narrowest-access.ts';
import { sealToAuditors } from '../recording/recording-key.ts';

export async function auditorKeyProblems(fleet: Fleet, date: Date): Promise<Problem[]> {
  const files: readonly AccessFile[] = [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()];
  const known = new Map<string, Promise<string | undefined>>();
  const problems: Problem[] = [];
  for (const file of files) {
    for (const [index, armored] of (file.value.access?.auditors ?? []).entries()) {
      const why = known.get(armored) ?? whyNot(armored, date);
      known.set(armored, why);
      const message = await why;
      if (message === undefined) continue;
      const position = file.locate(`/access/auditors/${index}`);
      problems.push({ code: 'FLEET_ACCESS_AUDITOR', message, position });
    }
  }
  return problems;
}

async function whyNot(armored: string, date: Date): Promise<string | undefined> {
  try {
    await sealToAuditors(new Uint8Array(32), [armored], date);
    return undefined;
  } catch (error) {
    if (isTowlineError(error)) return error.message;
    throw error;
  }
}

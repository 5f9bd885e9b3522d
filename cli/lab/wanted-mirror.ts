/** The lab that `towline lab up --mirror` makes. */
import path from 'node:path';
import { FleetSource } from '../../lab/mirror/fleet-source.ts';
import { assertChosen } from '../../lab/mirror/image-choice.ts';
import { lookAtFleet } from '../../lab/mirror/mirror.ts';
import { mirrorFleet, mirrorLab } from '../../lab/mirror/mirror-maker.ts';
import type { FleetMaker } from '../../lab/sites/new-fleet.ts';
import { assertMirrored, imageChoice, type MirrorOptions } from './mirror-options.ts';
import { originOf } from './mirror-origin.ts';

/** @throws FleetProblems; TowlineError CLI_NO_SUCH_COMMIT, MIRROR_DEVICES, TRUST_MALFORMED_OBJECT */
export async function wantedMirror(
  repository: string,
  revision: string,
  options: MirrorOptions,
  signal: AbortSignal,
) {
  const folder = path.resolve(repository);
  const images = imageChoice(options);
  const source = new FleetSource(folder);
  try {
    const question = { at: await source.at(revision, signal), engine: options.engineAsIs === true };
    const mirror = await lookAtFleet(question, signal);
    assertMirrored(mirror);
    assertChosen(mirror.images, images);
    const open = (from: string, within: AbortSignal) => originOf(from, options.insecure ?? [], within);
    const made = mirrorFleet({ mirror, repository: folder, images, open });
    const makeFleet: FleetMaker = async (lab, within) => {
      await made(lab, within);
      await source[Symbol.asyncDispose]();
    };
    return { file: mirrorLab(mirror.standIns), images: [], makeFleet, standIns: mirror.standIns };
  } catch (error) {
    await source[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Images that stand in for production's, where a lab cannot have those: each runs until it is stopped, is healthy, and does nothing.
 * What is tried then is all that Towline does with an app, and not the app.
 */
import { stringify } from 'yaml';

/** Digest of an image of production → that of the one that stands in for it. */
export type StandInDigests = ReadonlyMap<string, string>;

/** A Compose file beside the app's own, read last. */
export const overrideName = 'towline-lab.yaml';

/** As process 1 a shell gets no default signal actions: without the trap each stop would take ten seconds. */
const untilStopped = `trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $$!; done`;

const service = {
  entrypoint: ['/bin/sh', '-c', untilStopped],
  command: [],
  // Programs and people that production's image has are not in this one.
  user: '0:0',
  healthcheck: { test: ['CMD', '/bin/true'], interval: '2s', timeout: '5s', retries: 3 },
};

/**
 * The Compose file that has an app's services run what the lab has.
 * @param services their names; with a reference for those whose image no release pins
 * @param standsIn whether the images are stand-ins
 */
export function overrideFile(services: ReadonlyMap<string, string | undefined>, standsIn: boolean): string {
  const entries = [...services].map(([name, image]) => {
    const placed = image === undefined ? {} : { image };
    return [name, standsIn ? { ...placed, ...service } : placed] as const;
  });
  return stringify({ services: Object.fromEntries(entries) }, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** What an app may reach outside of its device: `egress` of its app.yaml. */
import type { AppFile } from '../../schemas/types.generated.ts';
import { isAddress } from '../compose/value/address.ts';
import { isInside } from '../compose/value/address-range.ts';
import { printable } from '../compose/value/fault.ts';
import type { Problem } from '../errors.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import { type PortRange, portRange } from './port-range.ts';

export interface EgressEntry {
  /** A host's name, an address, or a range of addresses. */
  readonly to: string;
  /** Empty: all. */
  readonly ports: readonly PortRange[];
  readonly protocol: 'tcp' | 'udp' | 'any';
}

export type Egress = 'any' | 'none' | readonly EgressEntry[];

type File = CheckedFile<'app'> | undefined;
type Written = Exclude<NonNullable<AppFile['egress']>, string>[number];

const hostName = /^(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.?$/;

/** Digits and dots alone are an address, or a slip of one. */
const isHost = (text: string): boolean => hostName.test(text) && !/^[0-9.]+$/.test(text);

export const isRange = (text: string): boolean => isInside(text, text);

const rangesOf = ({ ports = [] }: Written): (PortRange | undefined)[] =>
  ports.map(port => portRange(`${port}`));

/** As the desired state has it: nothing where the file says nothing. No part of a project's digest. */
export function appEgress(file: File): { egress?: Egress } {
  const written = file?.value.egress;
  if (written === undefined) return {};
  if (typeof written === 'string') return { egress: written };
  const egress = written.map(entry => ({
    to: entry.to.toLowerCase(),
    ports: rangesOf(entry).flatMap(range => range ?? []),
    protocol: entry.protocol ?? 'tcp',
  }));
  return { egress };
}

/** What says nothing that a rule could hold: nobody would notice that it is missing. */
export function egressProblems(file: File): Problem[] {
  const written = file?.value.egress;
  if (file === undefined || written === undefined || typeof written === 'string') return [];
  return written.flatMap((entry, index): Problem[] => {
    const problem = (at: string, message: string): Problem => ({
      ...{ code: 'FIREWALL_EGRESS', message },
      position: file.locate(`/egress/${index}/${at}`),
    });
    const isPlace = isAddress(entry.to) || isRange(entry.to) || isHost(entry.to);
    const wrong = rangesOf(entry).indexOf(undefined);
    return [
      ...(isPlace
        ? []
        : [problem('to', `\`${printable(entry.to)}\` is no host, address or range of addresses`)]),
      ...(wrong < 0 ? [] : [problem(`ports/${wrong}`, `${entry.ports?.[wrong]} is no range of ports`)]),
    ];
  });
}

/** What an egress lets out that another did not. */
import { isAddress } from '../compose/value/address.ts';
import { isInside } from '../compose/value/address-range.ts';
import { type Egress, type EgressEntry, isRange } from './egress.ts';
import { isLinkLocal } from './link-local.ts';
import type { PortRange } from './port-range.ts';

const asRange = (to: string): string => (isAddress(to) ? `${to}/${to.includes(':') ? 128 : 32}` : to);

function isWithin(to: string, whole: string): boolean {
  if (to === whole) return true;
  const [one, other] = [asRange(to), asRange(whole)];
  // The rules let a wide range go to no address of a link.
  return isRange(one) && isRange(other) && isInside(one, other) && isLinkLocal(to) === isLinkLocal(whole);
}

function hasPorts(ports: readonly PortRange[], whole: readonly PortRange[]): boolean {
  if (whole.length === 0) return true;
  return (
    ports.length > 0 && ports.every(({ from, to }) => whole.some(each => each.from <= from && to <= each.to))
  );
}

/** Whether one entry of them lets out all of it: what two do together is told as new. */
function isCovered({ to, protocol, ports }: EgressEntry, egress: Egress): boolean {
  if (egress === 'none') return false;
  if (egress === 'any') return !isLinkLocal(to);
  return egress.some(
    each =>
      isWithin(to, each.to) &&
      (each.protocol === 'any' || each.protocol === protocol) &&
      hasPorts(ports, each.ports),
  );
}

/** @returns `none` where it lets out nothing that was not let out before */
export function newEgress(before: Egress, after: Egress): Egress {
  if (after === 'any') return before === 'any' ? 'none' : 'any';
  if (after === 'none') return 'none';
  const come = after.filter(entry => !isCovered(entry, before));
  return come.length === 0 ? 'none' : come;
}

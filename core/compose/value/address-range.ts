/** Address ranges such as 10.213.0.0/16 and fd00::/8. */
import { isAddress } from './address.ts';

interface Range {
  readonly bits: bigint;
  readonly width: 32 | 128;
  readonly prefix: number;
}

function version4(text: string): bigint {
  return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(Number(part)), 0n);
}

function groups(text: string): bigint[] {
  if (text === '') return [];
  return text.split(':').flatMap(group => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const bits = version4(group);
    return [bits >> 16n, bits & 0xffffn];
  });
}

function version6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return [...before, ...zeros, ...after].reduce((bits, group) => (bits << 16n) | group, 0n);
}

function parse(text: string): Range | undefined {
  const [, address = '', digits = ''] = /^([^/]+)\/([0-9]{1,3})$/.exec(text) ?? [];
  if (!isAddress(address)) return undefined;
  const width = address.includes(':') ? 128 : 32;
  const prefix = Number(digits);
  if (prefix > width) return undefined;
  return { bits: width === 32 ? version4(address) : version6(address), width, prefix };
}

/** Whether every address of a range is one of the other; false where either is no range. */
export function isInside(range: string, whole: string): boolean {
  const [inner, outer] = [parse(range), parse(whole)];
  if (inner === undefined || outer === undefined || inner.width !== outer.width) return false;
  const shift = BigInt(outer.width - outer.prefix);
  return inner.prefix >= outer.prefix && inner.bits >> shift === outer.bits >> shift;
}

/** Where a person comes from, as far as a certificate binds itself to it (`source-address` of OpenSSH). */
import { BlockList, isIP } from 'node:net';

/** @param sources addresses, and ranges as `10.0.0.0/8`; what is neither covers nobody */
export function isFrom(sources: readonly string[], address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = familyOf(plain);
  if (family === undefined) return false;
  return sources.some(source => {
    const [net = '', bits] = source.split('/');
    if (familyOf(net) !== family) return false;
    const widest = family === 'ipv4' ? 32 : 128;
    const length = bits === undefined ? widest : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (length < 0 || length > widest) return false;
    const list = new BlockList();
    list.addSubnet(net, length, family);
    return list.check(plain, family);
  });
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined;
}
